PRAGMA integrity_check;
SELECT count(*), round(sum(price), 3), count(DISTINCT name) FROM item;
SELECT name, price FROM item ORDER BY name LIMIT 3;
SELECT * FROM account;
