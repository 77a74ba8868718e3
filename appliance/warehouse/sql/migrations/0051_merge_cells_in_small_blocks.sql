-- Blocks of one megabyte instead of ten: the merge of a month of a large site needs 470 MB instead of 540.
ALTER TABLE cells MODIFY SETTING merge_max_block_size_bytes = 1000000
