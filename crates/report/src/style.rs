//! Colour, on or off. Which of the two is the caller's to know; without it every text is the same but for the escapes.

/// Whether a report is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// Text only.
    #[default]
    Plain,
    /// With ANSI colours.
    Colour,
}

/// What a colour says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    /// A violation.
    Bad,
    /// Something to look at.
    Warn,
    /// It held.
    Good,
    /// Furniture: read last.
    Dim,
    /// Read first.
    Strong,
}

impl Style {
    /// `text` in that ink. The text must be safe to print already.
    pub(crate) fn paint(self, ink: Ink, text: &str) -> String {
        let code = match ink {
            Ink::Bad => "1;31",
            Ink::Warn => "33",
            Ink::Good => "32",
            Ink::Dim => "2",
            Ink::Strong => "1",
        };
        match self {
            Self::Colour if !text.is_empty() => format!("\x1b[{code}m{text}\x1b[0m"),
            _ => text.to_owned(),
        }
    }
}
