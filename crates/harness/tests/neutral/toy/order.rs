//! The rules of the toy contract over one order, with its defects. Knows no HTTP.

use serde_json::{Value, json};

use super::wrong::{Setting, Wrong};

/// An order of boxes.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    id: String,
    boxes: Vec<Parcel>,
    removed: u64,
    note: Option<String>,
    next_id: u64,
    /// Reads since the last accepted call.
    reads: u32,
    /// What reads show while the change is not visible yet.
    stale: Option<Box<Order>>,
}

#[derive(Debug, Clone)]
struct Parcel {
    id: String,
    tag: Option<String>,
    size: String,
    void: bool,
    lines: Vec<Line>,
}

#[derive(Debug, Clone)]
struct Line {
    id: String,
    sku: String,
    units: u64,
}

/// Why a call is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There is no such box.
    Unknown,
    /// The request is no request of this contract.
    Unreadable,
    /// The state forbids it.
    State(&'static str),
}

/// Units to take out, by line.
type Taken = Vec<(String, u64)>;

impl Order {
    /// The order that a set-up asks for.
    pub(crate) fn new(id: &str, asked: &Value, wrongs: &[Wrong]) -> Self {
        let mut order =
            Self { id: id.to_owned(), boxes: Vec::new(), removed: 0, note: None, next_id: 1, reads: 0, stale: None };
        for asked in asked["boxes"].as_array().into_iter().flatten() {
            let lines = asked["lines"].as_array().into_iter().flatten();
            let lines = lines.map(|line| (text(&line["sku"]), line["units"].as_u64().unwrap_or(0))).collect();
            let tag = Some(text(&asked["tag"]));
            order.add(tag, text(&asked["size"]), lines);
        }
        if !wrongs.contains(&Wrong::SetUpForgetsNote) {
            order.note = asked["note"].as_str().map(str::to_owned);
        }
        if wrongs.contains(&Wrong::SetUpShort)
            && let Some(line) = order.boxes.iter_mut().flat_map(|parcel| &mut parcel.lines).last()
        {
            line.units -= 1;
        }
        if wrongs.contains(&Wrong::SetUpLacksBox) {
            order.boxes.pop();
        }
        order
    }

    fn add(&mut self, tag: Option<String>, size: String, lines: Vec<(String, u64)>) {
        let id = format!("b-{}", self.next_id);
        self.next_id += 1;
        let mut parcel = Parcel { id, tag, size, void: false, lines: Vec::new() };
        for (sku, units) in lines {
            parcel.lines.push(Line { id: format!("l-{}", self.next_id), sku, units });
            self.next_id += 1;
        }
        self.boxes.push(parcel);
    }

    /// What a read shows, as the interface writes it. Counts as a read where `counted`.
    pub(crate) fn read(&mut self, setting: Setting, wrongs: &[Wrong], counted: bool) -> Value {
        if counted {
            self.reads += 1;
        }
        if wrongs.contains(&Wrong::LateEffect)
            && self.reads == 2
            && let Some(parcel) = self.boxes.last_mut()
        {
            parcel.size = "swollen".to_owned();
        }
        let shown = match &self.stale {
            Some(stale) if self.reads <= setting.delay => stale,
            _ => &*self,
        };
        shown.to_json(setting, wrongs)
    }

    /// What is told of it to whoever registered.
    pub(crate) fn told(&self) -> Value {
        self.to_json(Setting::default(), &[])
    }

    fn to_json(&self, setting: Setting, wrongs: &[Wrong]) -> Value {
        let wrong = |wrong| wrongs.contains(&wrong);
        let second = self.note.as_deref() == Some("two");
        let no_lines = setting.old_lines_none != (wrong(Wrong::ChangesItsMind) && second);
        let line = |line: &Line| json!({ "id": line.id, "sku": line.sku, "units": line.units });
        let parcel = |parcel: &Parcel| {
            let mut lines: Vec<Value> = parcel.lines.iter().map(line).collect();
            if parcel.void && no_lines {
                lines.clear();
            }
            if parcel.void && wrong(Wrong::HalfTheLines) {
                lines.truncate(1);
            }
            let void = if wrong(Wrong::FlagIsText) { json!(parcel.void.to_string()) } else { json!(parcel.void) };
            let mut shown = json!({ "id": parcel.id, "size": parcel.size, "void": void, "lines": lines });
            if let Some(tag) = &parcel.tag {
                shown["tag"] = json!(tag);
            }
            if let (true, Some(map)) = (wrong(Wrong::FlagIsMissing), shown.as_object_mut()) {
                map.remove("void");
            }
            shown
        };
        let listed = self.boxes.iter().filter(|parcel| !(parcel.void && wrong(Wrong::VoidVanishes)));
        let mut boxes: Vec<Value> = listed.map(parcel).collect();
        if setting.newest_first {
            boxes.reverse();
        }
        let open = wrong(Wrong::OpenForEver) || self.is_open();
        json!({ "id": self.id, "open": open, "removed": self.removed, "note": self.note, "lid": "open", "boxes": boxes })
    }

    fn is_open(&self) -> bool {
        self.boxes.iter().any(|parcel| !parcel.void)
    }

    /// Notes that a change begins: reads may show what was before it for a while.
    pub(crate) fn begin_change(&mut self) {
        let before = Self { stale: None, ..self.clone() };
        self.stale = Some(Box::new(before));
        self.reads = 0;
    }

    /// Takes units out of a box.
    pub(crate) fn remove(&mut self, id: &str, body: &Value, wrongs: &[Wrong]) -> Result<(), Refusal> {
        let wrong = |wrong| wrongs.contains(&wrong);
        if wrong(Wrong::RefusesAll) {
            return Err(Refusal::State("not today"));
        }
        let taken = taken(&body["lines"])?;
        let index = self.open_box(id)?;
        let refused = self.check(index, &taken).err();
        if let Some(refusal) = refused
            && !wrong(Wrong::RefusedStillRemoves)
        {
            return Err(refusal);
        }
        let old = self.boxes[index].clone();
        let rest = |line: &Line| line.units.saturating_sub(units_of(&taken, line));
        let left: Vec<(String, u64)> = old
            .lines
            .iter()
            .map(|line| (line, if wrong(Wrong::HoldsRemoved) { units_of(&taken, line) } else { rest(line) }))
            .filter(|(_, units)| *units > 0)
            .map(|(line, units)| (line.sku.clone(), units))
            .collect();
        if wrong(Wrong::AddsUnits) {
            self.boxes[index].lines[0].units += 1;
            return Ok(());
        }
        self.removed += taken.iter().map(|(_, units)| units).sum::<u64>();
        self.boxes[index].void = !wrong(Wrong::OldStaysOpen);
        if !left.is_empty() && !wrong(Wrong::NoSuccessor) {
            let size = if wrong(Wrong::OtherSize) { "large".to_owned() } else { old.size };
            let mut lines = left.clone();
            if wrong(Wrong::ExtraLine) {
                lines.push(("P-4".to_owned(), 1));
            }
            self.add(None, size.clone(), lines);
            if wrong(Wrong::TwoSuccessors) {
                self.add(None, size, left);
            }
        }
        self.disturb(id, wrongs);
        refused.map_or(Ok(()), Err)
    }

    /// Sets some lines of a box aside in a new one, and the others in another.
    pub(crate) fn split(&mut self, id: &str, body: &Value, wrongs: &[Wrong]) -> Result<(), Refusal> {
        let taken = taken(&body["aside"])?;
        let index = self.open_box(id)?;
        self.check(index, &taken)?;
        let old = self.boxes[index].clone();
        let parts = |part: &dyn Fn(&Line) -> u64| -> Vec<(String, u64)> {
            let lines = old.lines.iter().map(|line| (line.sku.clone(), part(line)));
            lines.filter(|(_, units)| *units > 0).collect()
        };
        let (aside, rest) = (parts(&|line| units_of(&taken, line)), parts(&|line| line.units - units_of(&taken, line)));
        if rest.is_empty() {
            return Err(Refusal::State("nothing would be left"));
        }
        self.boxes[index].void = true;
        self.add(None, old.size.clone(), aside);
        self.add(None, old.size, rest);
        self.disturb(id, wrongs);
        Ok(())
    }

    /// Voids everything.
    pub(crate) fn drop_all(&mut self, body: &Value, setting: Setting, wrongs: &[Wrong]) -> Result<(), Refusal> {
        if !self.is_open() {
            return if setting.repeat_accepted { Ok(()) } else { Err(Refusal::State("the order is dropped")) };
        }
        self.boxes.iter_mut().for_each(|parcel| parcel.void = true);
        self.note = body["note"].as_str().map(str::to_owned);
        if wrongs.contains(&Wrong::Revives)
            && let Some(parcel) = self.boxes.first_mut()
        {
            parcel.void = false;
        }
        Ok(())
    }

    /// Writes a note, and a number where there is one, as no call of the contract does.
    pub(crate) fn scribble(&mut self, note: String, number: Option<u64>) {
        self.note = Some(note);
        self.removed = number.unwrap_or(self.removed);
    }

    fn open_box(&self, id: &str) -> Result<usize, Refusal> {
        let index = self.boxes.iter().position(|parcel| parcel.id == id).ok_or(Refusal::Unknown)?;
        if self.boxes[index].void { Err(Refusal::State("the box is void")) } else { Ok(index) }
    }

    fn check(&self, index: usize, taken: &Taken) -> Result<(), Refusal> {
        for (id, units) in taken {
            let line = self.boxes[index].lines.iter().find(|line| line.id == *id);
            let line = line.ok_or(Refusal::State("the line is in no such box"))?;
            if *units > line.units {
                return Err(Refusal::State("the line has not so many units"));
            }
        }
        Ok(())
    }

    /// What a call on a box does wrong to the others.
    fn disturb(&mut self, id: &str, wrongs: &[Wrong]) {
        let newest = self.boxes.iter().rev().take_while(|parcel| parcel.tag.is_none()).count();
        let old = self.boxes.len() - newest;
        let mut others: Vec<&mut Parcel> = self.boxes[..old].iter_mut().filter(|parcel| parcel.id != id).collect();
        if wrongs.contains(&Wrong::BystanderMoves)
            && let Some(parcel) = others.last_mut()
        {
            parcel.size = "dented".to_owned();
        }
        if wrongs.contains(&Wrong::BystanderShrinks) {
            others.iter_mut().filter_map(|parcel| parcel.lines.last_mut()).for_each(|line| line.units -= 1);
        }
        let first_other = others.first().map(|parcel| parcel.id.clone());
        if wrongs.contains(&Wrong::Revives)
            && let Some(parcel) = others.iter_mut().find(|parcel| parcel.void)
        {
            parcel.void = false;
        }
        if wrongs.contains(&Wrong::BystanderVanishes) {
            self.boxes.retain(|parcel| Some(&parcel.id) != first_other.as_ref());
        }
    }
}

fn units_of(taken: &Taken, line: &Line) -> u64 {
    taken.iter().filter(|(id, _)| *id == line.id).map(|(_, units)| units).sum()
}

fn taken(lines: &Value) -> Result<Taken, Refusal> {
    let lines = lines.as_array().filter(|lines| !lines.is_empty()).ok_or(Refusal::Unreadable)?;
    let line = |line: &Value| {
        let units = line["units"].as_u64().filter(|units| *units > 0)?;
        Some((line["lineId"].as_str()?.to_owned(), units))
    };
    lines.iter().map(line).collect::<Option<_>>().ok_or(Refusal::Unreadable)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
