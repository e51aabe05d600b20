//! Arguments that nothing can be wrong with, to tell whether an expression fails on its arguments or on what an endpoint sent.

use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr};

use super::{Data, elements};

/// The same with a number in the place of every value, and of every member that is not there.
pub(crate) fn numbers(arguments: &Data) -> Data {
    if let Some(list) = elements(arguments) {
        return list.iter().map(numbers).collect();
    }
    match arguments.as_object().map(|object| object.repr()) {
        Some(ObjectRepr::Map) => Data::from_object(Numbers(arguments.clone())),
        _ if arguments.is_undefined() => Data::from_object(Numbers(Data::UNDEFINED)),
        _ => Data::from(1),
    }
}

/// A map of numbers.
#[derive(Debug)]
struct Numbers(Data);

impl Object for Numbers {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Data) -> Option<Data> {
        let value = self.0.get_item(key).unwrap_or_default();
        Some(if value.is_undefined() { Data::from(1) } else { numbers(&value) })
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.try_iter().into_iter().flatten().collect())
    }
}
