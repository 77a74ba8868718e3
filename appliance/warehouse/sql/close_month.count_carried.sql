-- Rows that wait for the end of one month, each once however many parts it is spread over.
SELECT count() FROM carry FINAL WHERE site = {site:String} AND month = {month:Date}
