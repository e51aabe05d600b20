//! The nearest right word to a wrong one, for messages about what a person wrote: a word of a file or of the command line.
//! Knows words alone: paths are looked for in `paths`.

/// So many words are told in full.
pub(crate) const LISTED: usize = 16;

/// `did you mean `x`?` where a word is near enough, or the list of what there is where it is short.
pub fn hint<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    match nearest(word, &candidates) {
        Some(best) => Some(format!("did you mean `{best}`?")),
        None if candidates.is_empty() => None,
        None if candidates.len() <= LISTED => Some(format!("there is {}", quoted(&candidates))),
        None => Some(format!("there are {} to choose from, such as {}", candidates.len(), quoted(&candidates[..3]))),
    }
}

/// `units:3` is a word, `units: 3` a key and its value.
pub fn spaced(text: &str) -> Option<String> {
    let (key, value) = text.split_once(':')?;
    let is_word = !key.is_empty() && !key.contains(char::is_whitespace);
    let follows = value.starts_with(|c: char| !c.is_whitespace() && c != '/');
    (is_word && follows).then(|| format!("a space goes after the colon: `{key}: {value}`"))
}

/// The words in back-ticks, joined by commas.
pub fn quoted<S: AsRef<str>>(words: &[S]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{}`", word.as_ref())).collect();
    words.join(", ")
}

/// `did you mean …?` for a part of one of `paths`, which none of them contains: up to three of them, as far as what is nearest to it.
#[must_use]
pub fn part_hint(part: &str, paths: &[&str]) -> Option<String> {
    let depth = part.split('/').count();
    let mut near: Vec<(usize, String)> = Vec::new();
    for path in paths {
        let names: Vec<&str> = path.split('/').collect();
        let parts = (depth..=names.len()).map(|end| (far(part, &names[end - depth..end].join("/")), end));
        near.extend(parts.filter_map(|(far, end)| Some((far?, names[..end].join("/")))));
    }
    let least = near.iter().map(|(far, _)| *far).min()?;
    near.retain(|(far, _)| *far == least);
    near.dedup();
    let near: Vec<String> = near.into_iter().map(|(_, path)| path).take(3).collect();
    Some(format!("did you mean {}?", quoted(&near)))
}

/// The nearest of the words, where one is near enough.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    near(word, candidates).first().copied()
}

/// Those that are near enough, the nearest first.
pub(crate) fn near<'a>(word: &str, candidates: &[&'a str]) -> Vec<&'a str> {
    // `partial.quantity` for `partial.new-quantity`, `int` for `integer`: a part left out is a common slip that spelling
    // alone does not see.
    let contains = |candidate: &&&str| word.chars().count() > 2 && candidate.contains(word);
    let mut containing = candidates.iter().filter(contains);
    if let (Some(only), None) = (containing.next(), containing.next()) {
        return vec![only];
    }
    let mut near: Vec<(usize, &str)> =
        candidates.iter().filter_map(|known| Some((far(word, known)?, *known))).collect();
    near.sort_by_key(|(far, _)| *far);
    near.into_iter().map(|(_, known)| known).collect()
}

/// How many letters one word is from another, where it could be a slip of it.
fn far(word: &str, known: &str) -> Option<usize> {
    let (word, known) = (word.to_lowercase(), known.to_lowercase());
    let allowed = match word.chars().count() {
        0 | 1 => 0,
        2..=4 => 1,
        letters => (letters / 3).max(2),
    };
    Some(strsim::damerau_levenshtein(&word, &known)).filter(|far| *far <= allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_named() {
        let words = ["partial.new-quantity", "partial.new-live", "item.cancels"];
        assert_eq!(hint("partial.new-quantiy", words).as_deref(), Some("did you mean `partial.new-quantity`?"));
        assert_eq!(hint("new-live", words).as_deref(), Some("did you mean `partial.new-live`?"));
    }

    #[test]
    fn a_part_of_a_path_is_looked_for_in_all_of_them() {
        let ids =
            ["shop/full/chain", "shop/full/rows/a", "shop/full/rows/b", "shop/partial/chain", "shop/partial/splits"];
        assert_eq!(part_hint("partial/splts", &ids).as_deref(), Some("did you mean `shop/partial/splits`?"));
        assert_eq!(part_hint("chian", &ids).as_deref(), Some("did you mean `shop/full/chain`, `shop/partial/chain`?"));
        assert_eq!(part_hint("row", &ids).as_deref(), Some("did you mean `shop/full/rows`?"));
        assert_eq!(part_hint("zebra", &ids), None);
    }

    #[test]
    fn far_words_get_the_list_instead_of_a_wild_guess() {
        assert_eq!(hint("zebra", ["keep", "reduce"]).as_deref(), Some("there is `keep`, `reduce`"));
        assert_eq!(hint("zebra", []), None);
    }
}
