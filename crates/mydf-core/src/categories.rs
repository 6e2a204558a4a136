//! Columns of categories: a code for each row, and the texts that the codes stand for.
//!
//! The categories of a column are unique and not null, so equal codes are equal texts.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{
    Array, ArrayRef, DictionaryArray, GenericStringArray, Int32Array, OffsetSizeTrait,
    StringViewArray,
};
use arrow_schema::{ArrowError, DataType};
use foldhash::HashMap;

use crate::error::{Error, Result};

/// The values of a column of categories in memory.
pub type Categories = DictionaryArray<Int32Type>;

/// The text of each row.
///
/// # Errors
/// [`Error::Arrow`] if a code has no category.
pub fn texts(array: &Categories) -> Result<StringViewArray> {
    let taken = arrow_select::take::take(array.values(), array.keys(), None);
    Ok(taken.map_err(arrow("text of categories"))?.as_string_view().clone())
}

/// The text of one row, which is not null.
pub fn text(array: &Categories, row: usize) -> &str {
    array.values().as_string_view().value(array.keys().value(row) as usize)
}

/// Texts as categories, in the order of their first row.
///
/// # Errors
/// [`Error::Value`] if there are more categories than codes.
pub fn encode(texts: &StringViewArray) -> Result<Categories> {
    let mut known = Known::default();
    let mut codes = Vec::with_capacity(texts.len());
    for text in texts {
        codes.push(text.map_or(Ok(0), |text| known.code(text))?);
    }
    made(Int32Array::new(codes.into(), texts.nulls().cloned()), known.categories())
}

/// Categories of several arrays in one list, and the codes of each array in it.
///
/// # Errors
/// [`Error::Value`] if there are more categories than codes.
pub fn unified(arrays: &[&Categories]) -> Result<(StringViewArray, Vec<Int32Array>)> {
    let mut known = Known::default();
    let mut all = Vec::with_capacity(arrays.len());
    let same = |one: &Categories, other: &Categories| {
        one.values().to_data().ptr_eq(&other.values().to_data())
    };
    if let [first, others @ ..] = arrays
        && others.iter().all(|other| same(first, other))
        && is_clean(first.values().as_string_view())
    {
        let codes = arrays.iter().map(|array| array.keys().clone()).collect();
        return Ok((first.values().as_string_view().clone(), codes));
    }
    for array in arrays {
        let own = array.values().as_string_view();
        let new = own.iter().map(|text| text.map(|text| known.code(text)).transpose());
        all.push(recoded(array.keys(), &new.collect::<Result<Vec<_>>>()?));
    }
    Ok((known.categories(), all))
}

/// Arrays one after another.
///
/// # Errors
/// [`Error::Value`] if there are more categories than codes.
pub fn concat(arrays: &[&Categories]) -> Result<Categories> {
    let (categories, codes) = unified(arrays)?;
    let codes: Vec<&dyn Array> = codes.iter().map(|each| each as &dyn Array).collect();
    let joined = arrow_select::concat::concat(&codes).map_err(arrow("concat"))?;
    made(joined.as_primitive::<Int32Type>().clone(), categories)
}

/// Codes and categories as one array.
///
/// # Errors
/// [`Error::Arrow`] if a code has no category.
pub fn made(codes: Int32Array, categories: StringViewArray) -> Result<Categories> {
    Categories::try_new(codes, Arc::new(categories)).map_err(arrow("categories"))
}

/// Categories with offsets instead of views, which more programs read.
///
/// # Errors
/// [`Error::Arrow`] if a code has no category.
pub fn with_offsets<O: OffsetSizeTrait>(array: &Categories) -> Result<Categories> {
    let entries: GenericStringArray<O> = array.values().as_string_view().iter().collect();
    Categories::try_new(array.keys().clone(), Arc::new(entries)).map_err(arrow("categories"))
}

/// Any dictionary of texts in the form of [`Categories`]: equal entries become one, and a code of a
/// null entry becomes null.
pub(crate) fn own_form(column: &str, values: &ArrayRef) -> Result<ArrayRef> {
    let Some(any) = values.as_any_dictionary_opt() else { return Ok(Arc::clone(values)) };
    let entries = as_views(column, any.values())?;
    let own = values.as_dictionary_opt::<Int32Type>();
    if is_clean(&entries) {
        return match own {
            Some(_) if *any.values().data_type() == DataType::Utf8View => Ok(Arc::clone(values)),
            Some(own) => Ok(Arc::new(made(own.keys().clone(), entries)?)),
            None => Ok(Arc::new(made(keys(column, values)?, entries)?)),
        };
    }
    let mut known = Known::default();
    let new = entries.iter().map(|text| text.map(|text| known.code(text)).transpose());
    let new = new.collect::<Result<Vec<_>>>()?;
    Ok(Arc::new(made(recoded(&keys(column, values)?, &new), known.categories())?))
}

/// The keys of any dictionary.
fn keys(column: &str, values: &ArrayRef) -> Result<Int32Array> {
    let Some(any) = values.as_any_dictionary_opt() else {
        unreachable!("the caller has a dictionary")
    };
    let nulls = any.keys().nulls().cloned();
    if any.values().is_empty() {
        return Ok(Int32Array::new_null(values.len()));
    }
    check_number(any.values().len()).map_err(|_| too_many(column))?;
    let codes = any.normalized_keys().into_iter().map(|key| key as i32).collect::<Vec<_>>();
    Ok(Int32Array::new(codes.into(), nulls))
}

/// The codes with new ones in place of the old; `None` for null.
fn recoded(codes: &Int32Array, new: &[Option<i32>]) -> Int32Array {
    if new.iter().all(Option::is_some) {
        let new: Vec<i32> = new.iter().flatten().copied().collect();
        // A code under a null may be anything.
        let code = |old: &i32| new.get(*old as usize).copied().unwrap_or(0);
        let values: Vec<i32> = codes.values().iter().map(code).collect();
        return Int32Array::new(values.into(), codes.nulls().cloned());
    }
    codes.iter().map(|code| code.and_then(|code| new[code as usize])).collect()
}

fn as_views(column: &str, entries: &ArrayRef) -> Result<StringViewArray> {
    Ok(match entries.data_type() {
        DataType::Utf8View => entries.as_string_view().clone(),
        DataType::Utf8 => StringViewArray::from(entries.as_string::<i32>()),
        DataType::LargeUtf8 => StringViewArray::from(entries.as_string::<i64>()),
        other => {
            return Err(Error::UnsupportedType {
                column: column.to_owned(),
                arrow_type: other.to_string(),
            });
        }
    })
}

/// True if no entry is null, and no two are equal.
fn is_clean(entries: &StringViewArray) -> bool {
    let mut seen = foldhash::HashSet::default();
    entries.null_count() == 0 && entries.iter().flatten().all(|text| seen.insert(text))
}

/// Texts that have codes.
#[derive(Default)]
struct Known<'a> {
    codes: HashMap<&'a str, i32>,
    texts: Vec<&'a str>,
}

impl<'a> Known<'a> {
    fn code(&mut self, text: &'a str) -> Result<i32> {
        if let Some(code) = self.codes.get(text) {
            return Ok(*code);
        }
        check_number(self.texts.len() + 1)?;
        let code = self.texts.len() as i32;
        self.codes.insert(text, code);
        self.texts.push(text);
        Ok(code)
    }

    fn categories(&self) -> StringViewArray {
        StringViewArray::from_iter_values(&self.texts)
    }
}

fn check_number(categories: usize) -> Result<()> {
    match i32::try_from(categories) {
        Ok(_) => Ok(()),
        Err(_) => Err(too_many("")),
    }
}

fn too_many(column: &str) -> Error {
    Error::ArrowData {
        column: column.to_owned(),
        message: format!("more than {} categories", i32::MAX),
        hint: "keep the column as text, `.cast(mydf.String)`",
    }
}

fn arrow(operation: &str) -> impl Fn(ArrowError) -> Error {
    move |source| Error::Arrow { operation: operation.to_owned(), source }
}
