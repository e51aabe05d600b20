//! What is new in a sequence has no role of the file's: it is named after its product.

/// The name of the `number`th entity of a product, where the first one is called as the product is.
pub(crate) fn name_of(product: &str, number: usize) -> String {
    format!("{product}-{number}")
}

/// The product in such a name; the whole of any other.
pub(crate) fn product_of(role: &str) -> &str {
    match role.rsplit_once('-') {
        Some((product, number)) if number.parse::<usize>().is_ok() => product,
        _ => role,
    }
}
