//! The nearest right word to a wrong one, for messages about what a person wrote.

/// `did you mean `x`?` where a word is near enough, or the list of what there is where it is short.
pub(crate) fn hint<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    match nearest(word, &candidates) {
        Some(best) => Some(format!("did you mean `{best}`?")),
        None if candidates.is_empty() => None,
        None if candidates.len() <= 12 => Some(format!("there is {}", quoted(&candidates))),
        None => Some(format!("there are {} to choose from, such as {}", candidates.len(), quoted(&candidates[..3]))),
    }
}

/// The words in back-ticks, joined by commas.
pub(crate) fn quoted<S: AsRef<str>>(words: &[S]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{}`", word.as_ref())).collect();
    words.join(", ")
}

fn nearest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    // `partial.quantity` for `partial.new-quantity`, `int` for `integer`: a part left out is a common slip that spelling
    // alone does not see.
    let contains = |candidate: &&&str| word.chars().count() > 2 && candidate.contains(word);
    let mut containing = candidates.iter().filter(contains);
    if let (Some(only), None) = (containing.next(), containing.next()) {
        return Some(only);
    }
    let allowed = match word.chars().count() {
        0..=4 => 1,
        letters => (letters / 3).max(2),
    };
    let distance = |candidate: &&&str| strsim::damerau_levenshtein(&word.to_lowercase(), &candidate.to_lowercase());
    candidates.iter().min_by_key(distance).filter(|best| distance(best) <= allowed).copied()
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
    fn far_words_get_the_list_instead_of_a_wild_guess() {
        assert_eq!(hint("zebra", ["keep", "reduce"]).as_deref(), Some("there is `keep`, `reduce`"));
        assert_eq!(hint("zebra", []), None);
    }
}
