-- Replaced parts of the marks go at once, as those of all other tables: retention has to see that they are gone.
ALTER TABLE closed_days MODIFY SETTING old_parts_lifetime = 0
