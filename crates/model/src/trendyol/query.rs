//! The parameters of a read, as they stand after the `?`. Reads only; what they select is decided in `read`.

use std::collections::BTreeSet;
use std::str::FromStr;

use super::choices::SizeOver;
use super::refusal::Refusal;
use super::status::Status;
use crate::choice::Choices;
use crate::wire::query;

const DEFAULT_SIZE: usize = 50;
const MAX_SIZE: usize = 200;

/// What a read asks for. What is not named does not narrow it.
#[derive(Debug, Default)]
pub(super) struct Query {
    pub(super) order: Option<String>,
    pub(super) statuses: Option<BTreeSet<Status>>,
    pub(super) packages: Option<BTreeSet<u64>>,
    /// When it was last changed, at the earliest and at the latest.
    pub(super) from: Option<u64>,
    pub(super) to: Option<u64>,
    /// Counted from 0.
    pub(super) page: usize,
    pub(super) size: usize,
}

impl Query {
    /// Lists are separated by commas, or come in parameters of one name. A parameter that isn't known is passed over.
    pub(super) fn read(query: Option<&str>, choices: &Choices) -> Result<Self, Refusal> {
        let mut read = Self { size: DEFAULT_SIZE, ..Self::default() };
        for (name, value) in query::pairs(query.unwrap_or_default()) {
            match name.as_str() {
                "orderNumber" => read.order = Some(value),
                "status" => {
                    let status = |name| Status::named(name).ok_or_else(|| wrong("status", "a status"));
                    let statuses: Vec<_> = value.split(',').map(status).collect::<Result<_, _>>()?;
                    read.statuses.get_or_insert_default().extend(statuses);
                }
                "shipmentPackageIds" => {
                    let id = |id| number::<u64>("shipmentPackageIds", id);
                    let ids: Vec<_> = value.split(',').map(id).collect::<Result<_, _>>()?;
                    read.packages.get_or_insert_default().extend(ids);
                }
                "startDate" => read.from = Some(number("startDate", &value)?),
                "endDate" => read.to = Some(number("endDate", &value)?),
                "page" => read.page = number("page", &value)?,
                "size" => read.size = size(number("size", &value)?, choices)?,
                _ => {}
            }
        }
        Ok(read)
    }
}

fn size(size: usize, choices: &Choices) -> Result<usize, Refusal> {
    match size {
        0 => Err(wrong("size", "above 0")),
        1..=MAX_SIZE => Ok(size),
        _ => match choices.get() {
            SizeOver::Clamp => Ok(MAX_SIZE),
            SizeOver::Refuse => Err(wrong("size", "at most 200")),
        },
    }
}

fn number<N: FromStr>(name: &str, text: &str) -> Result<N, Refusal> {
    query::number(text).ok_or_else(|| wrong(name, "a whole number of 0 or more"))
}

fn wrong(name: &str, must_be: &str) -> Refusal {
    Refusal::invalid(format!("{name} must be {must_be}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trendyol::INFOS;

    fn read(query: &str) -> Result<Query, String> {
        let choices = Choices::pick(INFOS, &[]).unwrap();
        Query::read(Some(query), &choices).map_err(|refusal| refusal.message)
    }

    #[test]
    fn lists_and_codes() {
        let query =
            read("status=Created,Picking&status=Cancelled&shipmentPackageIds=5%2C6&%70age=2&orderNumber=a+b%").unwrap();
        assert_eq!(query.statuses, Some([Status::Created, Status::Picking, Status::Cancelled].into()));
        assert_eq!(query.packages, Some([5, 6].into()));
        assert_eq!((query.page, query.size, query.order.as_deref()), (2, 50, Some("a b%")));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for wrong in [
            "page=-1",
            "page=x",
            "page=",
            "page=%2B1",
            "size=0",
            "size=201",
            "status=",
            "status=created",
            "shipmentPackageIds=",
            "shipmentPackageIds=5;6",
            "startDate=today",
            "page=99999999999999999999",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        for fine in ["", "&&", "=", "stranger=1", "orderNumber=", "orderNumber", "size=200"] {
            assert!(read(fine).is_ok(), "{fine}");
        }
    }
}
