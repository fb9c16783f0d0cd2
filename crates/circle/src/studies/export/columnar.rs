//! A table as Apache Parquet: one row group, each column with its type, empty cells as nulls.

use std::sync::Arc;

use parquet::{
    basic::{ConvertedType, LogicalType, Repetition, Type as Physical},
    column::writer::ColumnWriter,
    data_type::ByteArray,
    errors::ParquetError,
    file::{
        properties::WriterProperties,
        writer::{SerializedColumnWriter, SerializedFileWriter},
    },
    schema::types::Type,
};
use platform::{Error, Result};

use super::table::{Cell, Kind, Table};

/// Writes a table.
pub(super) fn write(table: &Table) -> Result<Vec<u8>> {
    written(table).map_err(|cause| Error::Internal(cause.into()))
}

fn written(table: &Table) -> Result<Vec<u8>, ParquetError> {
    let fields: Result<Vec<_>, _> = table
        .columns
        .iter()
        .map(|column| {
            let (physical, logical) = match column.kind {
                Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
                Kind::Whole => (Physical::INT64, None),
                Kind::Number => (Physical::DOUBLE, None),
                Kind::YesNo => (Physical::BOOLEAN, None),
            };
            Type::primitive_type_builder(&column.name, physical)
                .with_repetition(Repetition::OPTIONAL)
                .with_logical_type(logical)
                .with_converted_type(match column.kind {
                    Kind::Text => ConvertedType::UTF8,
                    Kind::Whole | Kind::Number | Kind::YesNo => ConvertedType::NONE,
                })
                .build()
                .map(Arc::new)
        })
        .collect();
    let schema = Type::group_type_builder("table").with_fields(fields?).build()?;
    let properties = WriterProperties::builder().set_created_by("keepwell".to_owned()).build();
    let mut file = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))?;
    let mut rows = file.next_row_group()?;
    let mut place = 0;
    while let Some(mut column) = rows.next_column()? {
        write_column(&mut column, table.rows.iter().filter_map(|row| row.get(place)))?;
        column.close()?;
        place += 1;
    }
    rows.close()?;
    file.into_inner()
}

fn write_column<'a>(
    column: &mut SerializedColumnWriter<'_>,
    cells: impl Iterator<Item = &'a Cell> + Clone,
) -> Result<(), ParquetError> {
    let there: Vec<i16> =
        cells.clone().map(|cell| i16::from(!matches!(cell, Cell::Empty))).collect();
    let there = Some(there.as_slice());
    match column.untyped() {
        ColumnWriter::BoolColumnWriter(to) => {
            let values: Vec<bool> = cells
                .filter_map(|cell| if let Cell::YesNo(is) = cell { Some(*is) } else { None })
                .collect();
            to.write_batch(&values, there, None)?;
        }
        ColumnWriter::Int64ColumnWriter(to) => {
            let values: Vec<i64> = cells
                .filter_map(|cell| if let Cell::Whole(it) = cell { Some(*it) } else { None })
                .collect();
            to.write_batch(&values, there, None)?;
        }
        ColumnWriter::DoubleColumnWriter(to) => {
            let values: Vec<f64> = cells
                .filter_map(|cell| if let Cell::Number(it) = cell { Some(*it) } else { None })
                .collect();
            to.write_batch(&values, there, None)?;
        }
        ColumnWriter::ByteArrayColumnWriter(to) => {
            let values: Vec<ByteArray> = cells
                .filter_map(|cell| {
                    if let Cell::Text(it) = cell {
                        Some(ByteArray::from(it.as_str()))
                    } else {
                        None
                    }
                })
                .collect();
            to.write_batch(&values, there, None)?;
        }
        ColumnWriter::Int32ColumnWriter(_)
        | ColumnWriter::Int96ColumnWriter(_)
        | ColumnWriter::FloatColumnWriter(_)
        | ColumnWriter::FixedLenByteArrayColumnWriter(_) => {
            return Err(ParquetError::General("a column of no kind that tables have".to_owned()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use parquet::{
        file::reader::{FileReader, SerializedFileReader},
        record::Field,
    };

    use super::*;
    use crate::studies::export::table::Column;

    #[test]
    fn what_is_written_is_read_back_with_what_is_empty() {
        let column = |name: &str, kind| Column {
            name: name.to_owned(),
            kind,
            unit: String::new(),
            meaning: String::new(),
            source: String::new(),
        };
        let table = Table {
            columns: vec![
                column("participant", Kind::Text),
                column("day", Kind::Whole),
                column("energy", Kind::Number),
                column("complete", Kind::YesNo),
            ],
            rows: vec![
                vec!["P-1".into(), Cell::Whole(1), Cell::Number(2031.5), Cell::YesNo(true)],
                vec!["P-2".into(), Cell::Whole(2), Cell::Empty, Cell::YesNo(false)],
            ],
        };
        let bytes = Bytes::from(write(&table).unwrap());
        let reader = SerializedFileReader::new(bytes).unwrap();
        let rows: Vec<Vec<Field>> = reader
            .get_row_iter(None)
            .unwrap()
            .map(|row| row.unwrap().get_column_iter().map(|(_, field)| field.clone()).collect())
            .collect();
        let text = |text: &str| Field::Str(text.to_owned());
        assert_eq!(
            rows,
            [
                [text("P-1"), Field::Long(1), Field::Double(2031.5), Field::Bool(true)],
                [text("P-2"), Field::Long(2), Field::Null, Field::Bool(false)],
            ]
        );
        let empty = Table { rows: Vec::new(), ..table };
        assert!(write(&empty).is_ok());
    }
}
