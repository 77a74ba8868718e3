-- Rows that a merge sums up are summed anew in its projections.
ALTER TABLE cells MODIFY SETTING deduplicate_merge_projection_mode = 'rebuild'
