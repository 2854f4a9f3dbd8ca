-- The tables that the statements read, as PostgreSQL takes them.
CREATE TABLE sales (salesid int, listid int, sellerid int, buyerid int, eventid int, dateid smallint, qtysold smallint,
    pricepaid numeric(8, 2), commission numeric(8, 2), saletime timestamp, note varchar(200), is_paid boolean);
CREATE TABLE event (eventid int, venueid smallint, catid smallint, dateid smallint, eventname varchar(200), starttime timestamp);
CREATE TABLE category (catid smallint, catgroup varchar(10), catname varchar(10));
CREATE TABLE listing (listid int, sellerid int, eventid int, numtickets smallint, listtime timestamp);
CREATE TABLE winners (salesid int PRIMARY KEY, pricepaid numeric(8, 2));
INSERT INTO sales VALUES (1, 1, 36861, 21191, 7872, 1875, 4, 728.00, 109.20, '2008-02-18 02:36:48', 'a;b', true);
