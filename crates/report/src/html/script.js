'use strict';
// Filters the cases, and opens the one that a link names. All of them are there without it.
const form = document.getElementById('filter');
const cases = [...document.querySelectorAll('.case')];
const lists = [...document.querySelectorAll('.cases')];

function open() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named instanceof HTMLDetailsElement) named.open = true;
  if (named) named.scrollIntoView();
}

function filter() {
  const wanted = Object.fromEntries(new FormData(form));
  const text = wanted.text.toLowerCase();
  let shown = 0;
  for (const found of cases) {
    const { verdict, level = '', blame, text: words } = found.dataset;
    const fits = (!wanted.verdict || verdict === wanted.verdict)
      && (!wanted.level || level.split(' ').includes(wanted.level))
      && (!wanted.blame || blame === wanted.blame)
      && (!text || (words ?? found.textContent).toLowerCase().includes(text));
    found.hidden = !fits;
    shown += fits;
  }
  // A list that nobody has seen yet keeps room for all that is in it.
  for (const list of lists) list.hidden = ![...list.children].some((found) => !found.hidden);
  form.querySelector('output').textContent = `${shown} of ${cases.length}`;
}

function remember() {
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  history.replaceState(null, '', `?${query}${location.hash}`);
}

if (form) {
  form.hidden = false;
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (form.elements[name]) form.elements[name].value = value;
  }
  form.addEventListener('input', () => { filter(); remember(); });
  form.addEventListener('submit', (event) => event.preventDefault());
  filter();
}
addEventListener('hashchange', open);
open();
