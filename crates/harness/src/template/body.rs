//! A JSON body with expressions in it: a tree whose texts are worked out, and whose lists may come of one element each.

use countermand_text::{Node, Reader, Tree};
use serde_json::{Map, Value};

use super::{Expr, ExprError, Nameable, Scope, Text};

/// A JSON body with expressions in it.
#[derive(Debug, Clone)]
pub(crate) enum JsonTemplate {
    Fixed(Value),
    Text(Text),
    List(Vec<JsonTemplate>),
    Map(Vec<(String, JsonTemplate)>),
    /// `{ each: EXPRESSION, json: TEMPLATE }`: a list with one element per `it`.
    Each(Expr, Box<JsonTemplate>),
}

impl JsonTemplate {
    pub(crate) fn parse(reader: &Reader, node: &Node, names: &Nameable) -> Option<Self> {
        match &node.tree {
            Tree::Text(_) => Text::parse(reader, node, names).map(Self::Text),
            Tree::List(list) => {
                list.iter().map(|item| Self::parse(reader, item, names)).collect::<Option<_>>().map(Self::List)
            }
            Tree::Map(entries) => {
                if let [(each, list), (json, element)] = entries.as_slice()
                    && each.text == "each"
                    && json.text == "json"
                {
                    let list = Expr::parse(reader, list, names);
                    let it = list.as_ref().map(|list| list.shape().element()).unwrap_or_default();
                    let element = Self::parse(reader, element, &names.clone().with("it", it))?;
                    return Some(Self::Each(list?, Box::new(element)));
                }
                let entry = |(key, node): &(countermand_text::Key, Node)| {
                    Some((key.text.clone(), Self::parse(reader, node, names)?))
                };
                entries.iter().map(entry).collect::<Option<_>>().map(Self::Map)
            }
            _ => Some(Self::Fixed(node.to_json())),
        }
    }

    /// The expressions in it.
    pub(crate) fn exprs(&self) -> Vec<&Expr> {
        match self {
            Self::Fixed(_) => Vec::new(),
            Self::Text(text) => text.exprs().collect(),
            Self::List(list) => list.iter().flat_map(Self::exprs).collect(),
            Self::Map(entries) => entries.iter().flat_map(|(_, template)| template.exprs()).collect(),
            Self::Each(list, element) => std::iter::once(list).chain(element.exprs()).collect(),
        }
    }

    /// The body; a member whose value is undefined is left out, and no body at all where the whole is undefined.
    pub(crate) fn value(&self, scope: &Scope) -> Result<Option<Value>, ExprError> {
        Ok(Some(match self {
            Self::Fixed(value) => value.clone(),
            Self::Text(text) => return text.value(scope),
            Self::List(list) => {
                Value::Array(list.iter().filter_map(|item| item.value(scope).transpose()).collect::<Result<_, _>>()?)
            }
            Self::Map(entries) => {
                let mut map = Map::new();
                for (key, template) in entries {
                    if let Some(value) = template.value(scope)? {
                        map.insert(key.clone(), value);
                    }
                }
                Value::Object(map)
            }
            Self::Each(list, element) => {
                let items = list.list(scope)?.into_iter().map(|it| element.value(&scope.with("it", it)));
                Value::Array(items.filter_map(Result::transpose).collect::<Result<_, _>>()?)
            }
        }))
    }
}
