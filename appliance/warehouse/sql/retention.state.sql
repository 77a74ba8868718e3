-- Rows and oldest day of one table.
SELECT count(), min({column:Identifier}) FROM {table:Identifier}
