-- Parts that are gone are removed one after the other: for a hundred at once the engine starts 128 threads that stay, with
-- three open files each.
ALTER TABLE outcomes MODIFY SETTING concurrent_part_removal_threshold = 1000000
