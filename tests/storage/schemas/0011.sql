CREATE TABLE dealwire_schema (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT dealwire_schema_pkc PRIMARY KEY (version_num)
);
INSERT INTO dealwire_schema VALUES ('0011');
CREATE TABLE company (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	"key" VARCHAR(255) NOT NULL, 
	name TEXT NOT NULL, parent_id INTEGER, merged_into_id INTEGER, vouched BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT uq_company_key UNIQUE ("key")
);
INSERT INTO company VALUES (1,'aquila','Aquila',NULL,NULL,0);
INSERT INTO company VALUES (2,'borealis','Borealis',NULL,NULL,0);
INSERT INTO company VALUES (3,'sao bac','Sao Bắc',NULL,NULL,0);
INSERT INTO company VALUES (4,'beifang electronics','Beifang Electronics',NULL,NULL,1);
INSERT INTO company VALUES (5,'bac cuc chips','Bắc Cực Chips',NULL,2,0);
CREATE TABLE deal (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	type VARCHAR(32) NOT NULL, 
	status VARCHAR(32) NOT NULL, 
	technology BOOLEAN NOT NULL, 
	day DATE NOT NULL, 
	announced_on DATE, 
	announced_precision VARCHAR(32), 
	value_amount VARCHAR(39), 
	value_currency VARCHAR(3), 
	value_kind VARCHAR(32), 
	confidence DOUBLE NOT NULL, 
	headline TEXT NOT NULL, 
	first_seen DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	stale BOOLEAN NOT NULL
, summary TEXT);
INSERT INTO deal VALUES (1,'acquisition','completed',1,'2026-11-05','2026-11-05','day','0000000000000000002500000000.0000000000','USD','total',0.9,'Aquila buys Borealis','2026-11-05 10:00:00.000000','2026-11-05 16:00:00.000000',0,'{"also":[],"first_url":"https://wire.example/buys","focus":["semiconductors"],"languages":["en"],"parties":[["Aquila","acquirer"],["Borealis","target"]],"reports":2}');
INSERT INTO deal VALUES (2,'cross_licensing','announced',1,'2026-11-05',NULL,NULL,'0000000000001234567890123456.0123456789','VND','up_to',0.75,'Sao Bắc; 北方电子','2026-11-05 10:00:00.000000','2026-11-05 10:00:00.000000',0,'{"also":["supply","partnership"],"first_url":"https://wire.example/cross?a=1&b=''2''","focus":["telecom_5g","ai"],"languages":["vi"],"parties":[["Sao Bắc","partner"],["Beifang Electronics","partner"]],"reports":1}');
INSERT INTO deal VALUES (3,'acquisition','announced',0,'2026-11-05','2026-11-05','day',NULL,NULL,NULL,0.9,'Aquila buys Borealis','2026-11-05 10:00:00.000000','2026-11-05 10:00:00.000000',0,'{"also":[],"first_url":"https://old.example/1","focus":[],"languages":["en"],"parties":[["Aquila","acquirer"],["Borealis","target"]],"reports":1}');
CREATE TABLE digest (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name VARCHAR(255) NOT NULL, 
	format VARCHAR(16) NOT NULL, 
	since DATE, 
	until DATE, 
	path TEXT NOT NULL, 
	deals INTEGER NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	written_at DATETIME NOT NULL
, label TEXT, number INTEGER);
INSERT INTO digest VALUES (1,'weekly','csv','2026-11-02','2026-11-08','digests/weekly.csv',2,'0000000000000000000000000000000000000000000000000000000000000000','2026-11-10 10:00:00.000000',NULL,NULL);
INSERT INTO digest VALUES (2,'new','html',NULL,NULL,'digests/new.html',1,'1111111111111111111111111111111111111111111111111111111111111111','2026-11-05 10:00:00.000000','2026-11-05-no1',1);
CREATE TABLE source (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name VARCHAR(255) NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	url TEXT NOT NULL, 
	active BOOLEAN NOT NULL, 
	added_at DATETIME NOT NULL, 
	etag TEXT, 
	last_modified TEXT, 
	body_hash TEXT, 
	last_poll_at DATETIME, 
	last_success_at DATETIME, 
	last_error_at DATETIME, 
	last_error TEXT, 
	failures_in_row INTEGER NOT NULL, 
	next_poll_at DATETIME, 
	last_found INTEGER NOT NULL, 
	last_new INTEGER NOT NULL, 
	last_notes TEXT NOT NULL, settings VARCHAR(64), cursor TEXT, verified_at DATETIME, distrusted_since DATETIME, failing_since DATETIME, turnover_at DATETIME, missed_at DATETIME, empty_since DATETIME, moved_since DATETIME, retired_at DATETIME, successes_in_row INTEGER DEFAULT '0' NOT NULL, polls INTEGER DEFAULT '0' NOT NULL, moved_times INTEGER DEFAULT '0' NOT NULL, next_poll_why TEXT, moved_to TEXT, overlap DOUBLE, turnover_seconds DOUBLE, ttl_seconds DOUBLE, arrivals TEXT DEFAULT '[]' NOT NULL, texts TEXT DEFAULT '[]' NOT NULL, alarms TEXT DEFAULT '{}' NOT NULL, last_links BLOB, 
	CONSTRAINT uq_source_name UNIQUE (name)
);
INSERT INTO source VALUES (1,'old','feed','https://old.example/feed',1,'2026-11-05 10:00:00.000000',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,0,0,'[]',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,0,NULL,NULL,NULL,NULL,NULL,'[]','[]','{}',NULL);
INSERT INTO source VALUES (2,'filings','edgar','https://wire.example',1,'2026-11-05 10:00:00.000000',NULL,NULL,NULL,'2026-11-05 10:00:00.000000',NULL,'2026-11-05 10:00:00.000000','no answer',1,'2026-11-05 16:00:00.000000',0,0,'[]',NULL,NULL,NULL,NULL,'2026-11-05 10:00:00.000000',NULL,NULL,NULL,NULL,NULL,0,1,0,NULL,NULL,NULL,NULL,NULL,'[]','[]','{}',NULL);
INSERT INTO source VALUES (3,'wire','feed','https://wire.example/feed',1,'2026-11-05 10:00:00.000000','W/"1"','Thu, 05 Nov 2026 10:00:00 GMT','ab12','2026-11-05 10:00:00.000000','2026-11-05 10:00:00.000000',NULL,NULL,0,'2026-11-05 16:00:00.000000',9,7,'[]',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,1,0,'“rare”',NULL,3.00000000000000044408e-01,NULL,NULL,'[1793000000,1793009000]','[0,812]','{"silent":"2026-11-05T10:00:00+00:00"}',X'156D680EAE275C86');
CREATE TABLE company_alias (
	id INTEGER NOT NULL, 
	company_id INTEGER NOT NULL, 
	"key" VARCHAR(255) NOT NULL, 
	name TEXT NOT NULL, judged BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_company_alias PRIMARY KEY (id), 
	CONSTRAINT fk_company_alias_company_id_company FOREIGN KEY(company_id) REFERENCES company (id) ON DELETE CASCADE, 
	CONSTRAINT uq_company_alias_key_company_id UNIQUE ("key", company_id)
);
INSERT INTO company_alias VALUES (1,1,'aquila','Aquila',0);
INSERT INTO company_alias VALUES (2,2,'borealis','Borealis',0);
INSERT INTO company_alias VALUES (3,3,'sao bac','Sao Bắc',0);
INSERT INTO company_alias VALUES (4,4,'beifang electronics','Beifang Electronics',0);
INSERT INTO company_alias VALUES (5,4,'北方电子','北方电子',0);
INSERT INTO company_alias VALUES (6,2,'bac cuc chips','Bắc Cực Chips',1);
CREATE TABLE deal_facet (
	deal_id INTEGER NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	value VARCHAR(255) NOT NULL, 
	day DATE NOT NULL, 
	ordinal INTEGER NOT NULL, 
	CONSTRAINT pk_deal_facet PRIMARY KEY (deal_id, kind, value), 
	CONSTRAINT fk_deal_facet_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO deal_facet VALUES (1,'focus','semiconductors','2026-11-05',0);
INSERT INTO deal_facet VALUES (1,'language','en','2026-11-05',0);
INSERT INTO deal_facet VALUES (1,'role','acquirer','2026-11-05',0);
INSERT INTO deal_facet VALUES (1,'role','target','2026-11-05',1);
INSERT INTO deal_facet VALUES (1,'source','wire','2026-11-05',0);
INSERT INTO deal_facet VALUES (1,'status','completed','2026-11-05',0);
INSERT INTO deal_facet VALUES (1,'type','acquisition','2026-11-05',0);
INSERT INTO deal_facet VALUES (2,'focus','ai','2026-11-05',1);
INSERT INTO deal_facet VALUES (2,'focus','telecom_5g','2026-11-05',0);
INSERT INTO deal_facet VALUES (2,'language','vi','2026-11-05',0);
INSERT INTO deal_facet VALUES (2,'role','partner','2026-11-05',0);
INSERT INTO deal_facet VALUES (2,'source','wire','2026-11-05',0);
INSERT INTO deal_facet VALUES (2,'status','announced','2026-11-05',0);
INSERT INTO deal_facet VALUES (2,'type','cross_licensing','2026-11-05',0);
INSERT INTO deal_facet VALUES (2,'type','partnership','2026-11-05',2);
INSERT INTO deal_facet VALUES (2,'type','supply','2026-11-05',1);
INSERT INTO deal_facet VALUES (3,'language','en','2026-11-05',0);
INSERT INTO deal_facet VALUES (3,'role','acquirer','2026-11-05',0);
INSERT INTO deal_facet VALUES (3,'role','target','2026-11-05',1);
INSERT INTO deal_facet VALUES (3,'source','old','2026-11-05',0);
INSERT INTO deal_facet VALUES (3,'status','announced','2026-11-05',0);
INSERT INTO deal_facet VALUES (3,'type','acquisition','2026-11-05',0);
CREATE TABLE deal_party (
	deal_id INTEGER NOT NULL, 
	company_id INTEGER NOT NULL, 
	day DATE NOT NULL, 
	ordinal INTEGER NOT NULL, 
	role VARCHAR(32) NOT NULL, 
	name TEXT NOT NULL, 
	named_only BOOLEAN NOT NULL, 
	CONSTRAINT pk_deal_party PRIMARY KEY (deal_id, company_id), 
	CONSTRAINT fk_deal_party_company_id_company FOREIGN KEY(company_id) REFERENCES company (id), 
	CONSTRAINT fk_deal_party_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO deal_party VALUES (1,1,'2026-11-05',0,'acquirer','Aquila',0);
INSERT INTO deal_party VALUES (1,2,'2026-11-05',1,'target','Borealis',0);
INSERT INTO deal_party VALUES (2,3,'2026-11-05',0,'partner','Sao Bắc',0);
INSERT INTO deal_party VALUES (2,4,'2026-11-05',1,'partner','Beifang Electronics',0);
INSERT INTO deal_party VALUES (3,1,'2026-11-05',0,'acquirer','Aquila',0);
INSERT INTO deal_party VALUES (3,2,'2026-11-05',1,'target','Borealis',0);
CREATE TABLE page (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	source_id INTEGER NOT NULL, 
	url TEXT NOT NULL, 
	canonical_url TEXT NOT NULL, 
	url_key VARCHAR(32) NOT NULL, 
	guid TEXT, 
	link_title TEXT, 
	link_published TEXT, 
	link_summary TEXT, 
	found_at DATETIME NOT NULL, 
	state VARCHAR(32) NOT NULL, 
	outcome VARCHAR(32), 
	attempts INTEGER NOT NULL, 
	next_try_at DATETIME NOT NULL, 
	last_error TEXT, 
	final_url TEXT, 
	http_status INTEGER, 
	content_type TEXT, 
	etag TEXT, 
	last_modified TEXT, 
	fetched_at DATETIME, 
	body_hash VARCHAR(64), 
	read_at DATETIME, fingerprint TEXT, failing_since DATETIME, out_of_reach INTEGER DEFAULT '0' NOT NULL, same_as_id INTEGER, link_updated TEXT, refetch_at DATETIME, idle_refetches INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT fk_page_source_id_source FOREIGN KEY(source_id) REFERENCES source (id), 
	CONSTRAINT uq_page_url_key UNIQUE (url_key)
);
INSERT INTO page VALUES (1,3,'https://wire.example/buys','https://wire.example/buys','156d680eae275c86c6c63947c492bfaf',NULL,NULL,NULL,NULL,'2026-11-05 10:00:00.000000','read','deal',0,'2026-11-05 10:00:00.000000',NULL,'https://wire.example/buys',200,'text/html','"e1"',NULL,'2026-11-05 10:00:00.000000','93a53a69a393b29adecf02a542948aa45d3b4fac66fce84c7de2b0a7030620d2','2026-11-05 10:00:00.000000',NULL,NULL,0,NULL,NULL,NULL,0);
INSERT INTO page VALUES (2,3,'https://wire.example/bought','https://wire.example/bought','5fdb6f83f7f37d77723e4e03e73a9bdb',NULL,NULL,NULL,NULL,'2026-11-05 10:00:00.000000','found',NULL,0,'2026-11-05 10:00:00.000000',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,0);
INSERT INTO page VALUES (3,3,'https://wire.example/cross?a=1&b=''2''','https://wire.example/cross?a=1&b=''2''','62a3d7cf5f9114c5bd7308341eaaced3',NULL,NULL,NULL,NULL,'2026-11-05 10:00:00.000000','read','deal',0,'2026-11-05 10:00:00.000000',NULL,'https://wire.example/cross?a=1&b=''2''',200,'text/html','"e1"',NULL,'2026-11-05 10:00:00.000000','ef50f7627ab2d06c207891b84c916c1bc14e102bd89b27ba794761431536bff5','2026-11-05 10:00:00.000000',NULL,NULL,0,NULL,NULL,NULL,0);
INSERT INTO page VALUES (4,1,'https://old.example/1','https://old.example/1','8b05de731ff3c19604fe74647641c9d7',NULL,NULL,NULL,NULL,'2026-11-05 10:00:00.000000','found',NULL,0,'2026-11-05 10:00:00.000000',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,0);
INSERT INTO page VALUES (5,3,'https://wire.example/loose','https://wire.example/loose','a4d2f2b0cb569b81e962f0eb7e9cde9b',NULL,NULL,NULL,NULL,'2026-11-05 10:00:00.000000','found',NULL,0,'2026-11-05 10:00:00.000000',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,0);
INSERT INTO page VALUES (6,3,'https://wire.example/canteen','https://wire.example/canteen','e5dd01de9794be9fa1b14c5fa290e53d',NULL,NULL,NULL,NULL,'2026-11-05 10:00:00.000000','read','no_deal',0,'2026-11-05 10:00:00.000000',NULL,'https://wire.example/canteen',200,'text/html','"e1"',NULL,'2026-11-05 10:00:00.000000','47add77a768828dcb05b0d3b3c300992bbe60c7a7249560b131c51a062061371','2026-11-05 10:00:00.000000',NULL,NULL,0,NULL,NULL,NULL,0);
INSERT INTO page VALUES (7,3,'https://wire.example/waiting','https://wire.example/waiting','4bf7268957bb59348e945c451ba946b1',NULL,NULL,NULL,NULL,'2026-11-05 10:00:00.000000','found',NULL,1,'2026-11-05 16:00:00.000000','503',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-05 10:00:00.000000',0,NULL,NULL,NULL,0);
INSERT INTO page VALUES (8,3,'https://wire.example/gone','https://wire.example/gone','49f5b3b14658ff7d64e24d8b00fec5cc',NULL,NULL,NULL,NULL,'2026-11-05 10:00:00.000000','set_aside',NULL,1,'2026-11-05 10:00:00.000000','404',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-05 10:00:00.000000',0,NULL,NULL,NULL,0);
CREATE TABLE article (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	page_id INTEGER NOT NULL, 
	copy_of_id INTEGER, 
	language VARCHAR(16) NOT NULL, 
	published_at DATETIME, 
	published_precision VARCHAR(32), 
	publisher TEXT, 
	first_seen DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	content_hash VARCHAR(64) NOT NULL, 
	title TEXT NOT NULL, 
	text TEXT NOT NULL, body_hash VARCHAR(64), 
	CONSTRAINT fk_article_copy_of_id_article FOREIGN KEY(copy_of_id) REFERENCES article (id) ON DELETE SET NULL, 
	CONSTRAINT fk_article_page_id_page FOREIGN KEY(page_id) REFERENCES page (id), 
	CONSTRAINT uq_article_page_id UNIQUE (page_id)
);
INSERT INTO article VALUES (1,1,NULL,'en','2026-11-05 10:00:00.000000','time','The Example Wire','2026-11-05 10:00:00.000000','2026-11-05 10:00:00.000000','7b0ec390b8a2c313c5e3a6a13aface74d971cf77e1cd8ad05f824755545895a2','Aquila buys Borealis','Aquila buys Borealis

Aquila said on Thursday that it will buy chip maker Borealis for $2.5 billion. Seen at https://wire.example/buys.',NULL);
INSERT INTO article VALUES (2,2,NULL,'en','2026-11-05 16:00:00.000000','time','The Example Wire','2026-11-05 10:00:00.000000','2026-11-05 10:00:00.000000','6806f62778705a406b3954d2c5baf0934ba85d653162f8af800b4e81e9f4f367','Aquila buys Borealis','Aquila buys Borealis

Aquila said on Thursday that it will buy chip maker Borealis for $2.5 billion. Seen at https://wire.example/bought.',NULL);
INSERT INTO article VALUES (3,3,NULL,'vi',NULL,'time','The Example Wire','2026-11-05 10:00:00.000000','2026-11-05 10:00:00.000000','ed9195dc905f3f925a1daebd63b9cb2f73f85d3a5922a613de90c74133df2ea0','Sao Bắc và 北方电子 ký thoả thuận','Sao Bắc và 北方电子 ký thoả thuận

Sao Bắc và 北方电子 (Beifang) ký thoả thuận cấp phép chéo sáng chế.',NULL);
INSERT INTO article VALUES (4,4,NULL,'en','2026-11-05 10:00:00.000000','time','The Example Wire','2026-11-05 10:00:00.000000','2026-11-05 10:00:00.000000','c4bbbe78eec05769275d0e0ac8bb0149d53521756cbd5c2948a7ba24cfbf04e2','Aquila buys Borealis','Aquila buys Borealis

Aquila said on Thursday that it will buy chip maker Borealis for $2.5 billion. Seen at https://old.example/1.',NULL);
INSERT INTO article VALUES (5,5,NULL,'en','2026-11-05 10:00:00.000000','time','The Example Wire','2026-11-05 10:00:00.000000','2026-11-05 10:00:00.000000','6d5926785b5ba75592c71c54ac0135aca7a77912f54770903cf05d32e1c39aa7','Aquila buys Borealis','Aquila buys Borealis

Aquila said on Thursday that it will buy chip maker Borealis for $2.5 billion. Seen at https://wire.example/loose.',NULL);
INSERT INTO article VALUES (6,6,NULL,'en','2026-11-05 10:00:00.000000','time','The Example Wire','2026-11-05 10:00:00.000000','2026-11-05 10:00:00.000000','b723a4b62bbe892b3df811a54900659aa996050e80c1b32a7e3e0293cc934ee7','Borealis opens a canteen','Borealis opens a canteen

Borealis said it opened a canteen; it''s open to “everyone”. It is closed again.','47add77a768828dcb05b0d3b3c300992bbe60c7a7249560b131c51a062061371');
CREATE TABLE page_body (
	page_id INTEGER NOT NULL, 
	size INTEGER NOT NULL, 
	zlib BLOB NOT NULL, 
	CONSTRAINT pk_page_body PRIMARY KEY (page_id), 
	CONSTRAINT fk_page_body_page_id_page FOREIGN KEY(page_id) REFERENCES page (id) ON DELETE CASCADE
);
INSERT INTO page_body VALUES (1,207,X'789C758FC10E02210C447FA507CF4B34F1D690E837F80365C1D0C82E08251BFE5E56E2DEBCCE9BE94CD1CB12347A4756A3B004A76FEFCA81C0D456E01EB3A3C005D560A886D344DB3452169E77D59FFFA43AC0F46385D8425CE1E16B2E961A88270116D838843D09B3E7040BBD5C3E6EC03366385DA62B98EEE2B84EA852DF7174ABB1457D1FF900E3AC4881');
INSERT INTO page_body VALUES (3,265,X'789CB3C928C9CDB1B3C9484D4CB1B329C92CC949B50B4ECC57707AB86B7DB242D9E1050A4F7BA63F9BB6F3F994AD4FD74E50C83EBC57A12423FFE1AEC540AAF4E1AEB57936FA104D36FA102392F2532AED6C128B4A329341A21986A41A07D46153804F9386536A665A625EBA2616ED0AC90F772D2D5028C838BCB240211948E62B141F5E98970E643FDCB55FCF46BF00E850B8E3F4218ED50707010040F97A46');
INSERT INTO page_body VALUES (6,220,X'789C7D8F310EC2301004BF721D5D2C6A4E2EE878C6619FF049C6B6EC1352BA3C043E9797E0C412E9687776A45D0CFA8C160393B7A8A291ED3557A6280D72E1D480C05152E684667034A37DCF7EB64855C56D6938FF313BC472F046E24174EFB13F8A971E9E860E9A615DDEFCE23AE7C4EBF299E0A6D0651773DBA407499AD0943EE837C28C51667FF5051F544F11');
CREATE TABLE report (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	article_id INTEGER NOT NULL, 
	ordinal INTEGER NOT NULL, 
	deal_id INTEGER, 
	type VARCHAR(32) NOT NULL, 
	status VARCHAR(32) NOT NULL, 
	also TEXT NOT NULL, 
	focus TEXT NOT NULL, 
	value_amount VARCHAR(39), 
	value_currency VARCHAR(3), 
	value_kind VARCHAR(32), 
	technology BOOLEAN NOT NULL, 
	announced_on DATE, 
	announced_precision VARCHAR(32), 
	confidence DOUBLE NOT NULL, 
	content_hash VARCHAR(64) NOT NULL, 
	headline TEXT NOT NULL, 
	evidence TEXT NOT NULL, 
	CONSTRAINT fk_report_article_id_article FOREIGN KEY(article_id) REFERENCES article (id) ON DELETE CASCADE, 
	CONSTRAINT fk_report_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id) ON DELETE SET NULL, 
	CONSTRAINT uq_report_article_id_ordinal UNIQUE (article_id, ordinal)
);
INSERT INTO report VALUES (1,1,0,1,'acquisition','announced','[]','["semiconductors"]','0000000000000000002500000000.0000000000','USD','total',1,'2026-11-05','day',0.9,'091cc1af76200887059d22705a5f7b227a7462c7b498993519f4005084dff21c','Aquila buys Borealis','[{"end":6,"field":"type","quote":"Aquila","start":0}]');
INSERT INTO report VALUES (2,2,0,1,'acquisition','completed','[]','["semiconductors"]','0000000000000000002500000000.0000000000','USD','total',1,'2026-11-05','day',3.00000000000000044408e-01,'47939e94f7072fd5cb091ffc882ea10a69be7b08031eff70b06a1c775642c67e','Aquila buys Borealis','[{"end":6,"field":"type","quote":"Aquila","start":0}]');
INSERT INTO report VALUES (3,3,0,2,'cross_licensing','announced','["supply","partnership"]','["telecom_5g","ai"]','0000000000001234567890123456.0123456789','VND','up_to',1,NULL,NULL,0.75,'945633544ca3fa7b8d73cc4d92606d156ac528afbb53165dd1af68d91b4280cb','Sao Bắc; 北方电子','[{"end":15,"field":"type","quote":"北方电子","start":11}]');
INSERT INTO report VALUES (4,4,0,3,'acquisition','announced','[]','[]',NULL,NULL,NULL,0,'2026-11-05','day',0.9,'d7f1f1c2ae9b7595f47aa6ca168ea69f4a7d18aef8c63889ffa6804535dd3250','Aquila buys Borealis','[{"end":6,"field":"type","quote":"Aquila","start":0}]');
INSERT INTO report VALUES (5,5,0,NULL,'acquisition','announced','[]','["semiconductors"]','0000000000000000002500000000.0000000000','USD','total',1,'2026-11-05','day',0.9,'091cc1af76200887059d22705a5f7b227a7462c7b498993519f4005084dff21c','Aquila buys Borealis','[{"end":6,"field":"type","quote":"Aquila","start":0}]');
CREATE TABLE deal_revision (
	id INTEGER NOT NULL, 
	deal_id INTEGER NOT NULL, 
	report_id INTEGER, 
	at DATETIME NOT NULL, 
	changes TEXT NOT NULL, 
	CONSTRAINT pk_deal_revision PRIMARY KEY (id), 
	CONSTRAINT fk_deal_revision_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id) ON DELETE CASCADE, 
	CONSTRAINT fk_deal_revision_report_id_report FOREIGN KEY(report_id) REFERENCES report (id) ON DELETE SET NULL
);
INSERT INTO deal_revision VALUES (1,1,2,'2026-11-05 16:00:00.000000','{"status":["announced","completed"]}');
CREATE TABLE report_party (
	report_id INTEGER NOT NULL, 
	ordinal INTEGER NOT NULL, 
	company_id INTEGER NOT NULL, 
	role VARCHAR(32) NOT NULL, 
	name TEXT NOT NULL, 
	known_as TEXT, 
	CONSTRAINT pk_report_party PRIMARY KEY (report_id, ordinal), 
	CONSTRAINT fk_report_party_company_id_company FOREIGN KEY(company_id) REFERENCES company (id), 
	CONSTRAINT fk_report_party_report_id_report FOREIGN KEY(report_id) REFERENCES report (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO report_party VALUES (1,0,1,'acquirer','Aquila',NULL);
INSERT INTO report_party VALUES (1,1,2,'target','Borealis',NULL);
INSERT INTO report_party VALUES (2,0,1,'acquirer','Aquila',NULL);
INSERT INTO report_party VALUES (2,1,2,'target','Borealis',NULL);
INSERT INTO report_party VALUES (3,0,3,'partner','Sao Bắc',NULL);
INSERT INTO report_party VALUES (3,1,4,'partner','北方电子','Beifang Electronics');
INSERT INTO report_party VALUES (4,0,1,'acquirer','Aquila',NULL);
INSERT INTO report_party VALUES (4,1,2,'target','Borealis',NULL);
INSERT INTO report_party VALUES (5,0,1,'acquirer','Aquila',NULL);
INSERT INTO report_party VALUES (5,1,2,'target','Borealis',NULL);
CREATE TABLE judgement (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at DATETIME NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	"by" TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	score DOUBLE, 
	deal_id INTEGER, 
	other_deal_id INTEGER, 
	company_id INTEGER, 
	other_company_id INTEGER, 
	report_id INTEGER, 
	details TEXT NOT NULL
);
INSERT INTO judgement VALUES (1,'2026-11-05 10:00:00.000000','join','resolution','parties agree; “Borealis”',0.3,1,NULL,NULL,NULL,1,'{}');
INSERT INTO judgement VALUES (2,'2026-11-05 16:00:00.000000','split_deal','an analyst','two plants',NULL,NULL,NULL,NULL,NULL,NULL,'{}');
INSERT INTO judgement VALUES (3,'2026-11-05 16:00:00.000000','merge_companies','an analyst','renamed',NULL,NULL,NULL,2,5,NULL,'{"names":["Bắc Cực Chips"]}');
CREATE TABLE judgement_report (
	judgement_id INTEGER NOT NULL, 
	side INTEGER NOT NULL, 
	report_id INTEGER NOT NULL, 
	article_id INTEGER NOT NULL, 
	CONSTRAINT pk_judgement_report PRIMARY KEY (judgement_id, side, report_id), 
	CONSTRAINT fk_judgement_report_judgement_id_judgement FOREIGN KEY(judgement_id) REFERENCES judgement (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO judgement_report VALUES (2,0,1,1);
INSERT INTO judgement_report VALUES (2,1,3,3);
CREATE TABLE deal_redirect (
	deal_id INTEGER NOT NULL, 
	into_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_deal_redirect PRIMARY KEY (deal_id)
);
INSERT INTO deal_redirect VALUES (99,1,'2026-11-05 16:00:00.000000');
CREATE TABLE page_key (
	"key" VARCHAR(32) NOT NULL, 
	page_id INTEGER NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	CONSTRAINT pk_page_key PRIMARY KEY ("key", page_id), 
	CONSTRAINT fk_page_key_page_id_page FOREIGN KEY(page_id) REFERENCES page (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO page_key VALUES ('156d680eae275c86c6c63947c492bfaf',1,'address');
INSERT INTO page_key VALUES ('49f5b3b14658ff7d64e24d8b00fec5cc',8,'address');
INSERT INTO page_key VALUES ('4bf7268957bb59348e945c451ba946b1',7,'address');
INSERT INTO page_key VALUES ('5fdb6f83f7f37d77723e4e03e73a9bdb',2,'address');
INSERT INTO page_key VALUES ('62a3d7cf5f9114c5bd7308341eaaced3',3,'address');
INSERT INTO page_key VALUES ('8b05de731ff3c19604fe74647641c9d7',4,'address');
INSERT INTO page_key VALUES ('a4d2f2b0cb569b81e962f0eb7e9cde9b',5,'address');
INSERT INTO page_key VALUES ('e5dd01de9794be9fa1b14c5fa290e53d',6,'address');
CREATE TABLE article_revision (
	id INTEGER NOT NULL, 
	article_id INTEGER NOT NULL, 
	replaced_at DATETIME NOT NULL, 
	published_at DATETIME, 
	published_precision VARCHAR(32), 
	title TEXT NOT NULL, 
	text TEXT NOT NULL, 
	CONSTRAINT pk_article_revision PRIMARY KEY (id), 
	CONSTRAINT fk_article_revision_article_id_article FOREIGN KEY(article_id) REFERENCES article (id) ON DELETE CASCADE
);
INSERT INTO article_revision VALUES (1,6,'2026-11-05 10:00:00.000000','2026-11-05 10:00:00.000000','time','Borealis opens a canteen','Borealis opens a canteen

Borealis said it opened a canteen; it''s open to “everyone”.');
CREATE TABLE digest_deal (
	name VARCHAR(255) NOT NULL, 
	deal_id INTEGER NOT NULL, 
	updated_at DATETIME NOT NULL, 
	digest_id INTEGER NOT NULL, 
	CONSTRAINT pk_digest_deal PRIMARY KEY (name, deal_id), 
	CONSTRAINT fk_digest_deal_digest_id_digest FOREIGN KEY(digest_id) REFERENCES digest (id)
)
 WITHOUT ROWID

;
INSERT INTO digest_deal VALUES ('new',1,'2026-11-05 10:00:00.000000',2);
CREATE TABLE digest_body (
	digest_id INTEGER NOT NULL, 
	part VARCHAR(16) NOT NULL, 
	zlib BLOB NOT NULL, 
	CONSTRAINT pk_digest_body PRIMARY KEY (digest_id, part), 
	CONSTRAINT fk_digest_body_digest_id_digest FOREIGN KEY(digest_id) REFERENCES digest (id)
);
INSERT INTO digest_body VALUES (2,'text',X'789CF37DB87B6689424946FEC35D8B8154E9C35D6BF3006F170AC7');
CREATE TABLE digest_delivery (
	id INTEGER NOT NULL, 
	digest_id INTEGER NOT NULL, 
	once VARCHAR(64) NOT NULL, 
	message_id VARCHAR(32) NOT NULL, 
	channel VARCHAR(255) NOT NULL, 
	target TEXT NOT NULL, 
	state VARCHAR(32) NOT NULL, 
	attempts INTEGER NOT NULL, 
	next_try_at DATETIME NOT NULL, 
	delivered_at DATETIME, 
	last_error TEXT, 
	CONSTRAINT pk_digest_delivery PRIMARY KEY (id), 
	CONSTRAINT fk_digest_delivery_digest_id_digest FOREIGN KEY(digest_id) REFERENCES digest (id), 
	CONSTRAINT uq_digest_delivery_once UNIQUE (once)
);
INSERT INTO digest_delivery VALUES (1,2,'a7d9412afbd9e4b3113497381f21c6443715c64aee68071fb9b3af1a68e652fb','abababababababababababababababab','desk','desk@example.com','pending',0,'2026-11-05 10:00:00.000000',NULL,NULL);
CREATE TABLE source_poll (
	source_id INTEGER NOT NULL, 
	slot INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	outcome VARCHAR(32) NOT NULL, 
	found INTEGER NOT NULL, 
	new INTEGER NOT NULL, 
	overlap DOUBLE, 
	error TEXT, 
	pages_read INTEGER NOT NULL, 
	pages_failed INTEGER NOT NULL, 
	deals INTEGER NOT NULL, 
	CONSTRAINT pk_source_poll PRIMARY KEY (source_id, slot), 
	CONSTRAINT fk_source_poll_source_id_source FOREIGN KEY(source_id) REFERENCES source (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO source_poll VALUES (2,1,'2026-11-05 10:00:00.000000','failed',0,0,NULL,'no answer',0,0,0);
INSERT INTO source_poll VALUES (3,1,'2026-11-05 10:00:00.000000','changed',9,7,3.00000000000000044408e-01,NULL,0,0,0);
CREATE TABLE deal_text (
	"key" INTEGER NOT NULL, 
	deal_id INTEGER NOT NULL, 
	fingerprint VARCHAR(32) NOT NULL, 
	words TEXT NOT NULL, 
	CONSTRAINT pk_deal_text PRIMARY KEY ("key"), 
	CONSTRAINT fk_deal_text_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id) ON DELETE CASCADE, 
	CONSTRAINT uq_deal_text_deal_id UNIQUE (deal_id)
);
INSERT INTO deal_text VALUES (3177953676492801,1,'5a01044b186ad63e0f12fd7765404572',' aquila buys borealis ¶ aquila ¶ borealis ¶ ');
INSERT INTO deal_text VALUES (3177953676492802,2,'3094c309ebe559ba439f9e5db6c3f59b',' sao bac 北方 方电 电子 子 ¶ sao bac ¶ beifang electronics ¶ 北方 方电 电子 子 ¶ sao bac va 北方 方电 电子 子 ky thoa thuan ¶ ');
INSERT INTO deal_text VALUES (3177953676492803,3,'5a01044b186ad63e0f12fd7765404572',' aquila buys borealis ¶ aquila ¶ borealis ¶ ');
PRAGMA writable_schema = ON;
INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES ('table', 'deal_words', 'deal_words', 0, 'CREATE VIRTUAL TABLE deal_words USING fts5(
        words, content=''deal_text'', content_rowid=''key'', tokenize=''ascii'', columnsize=0, prefix=''1 2 3'')');
PRAGMA writable_schema = OFF;
CREATE TABLE 'deal_words_data'(id INTEGER PRIMARY KEY, block BLOB);
INSERT INTO deal_words_data VALUES (1,X'032D');
INSERT INTO deal_words_data VALUES (10,X'000000000103030003010101020101030101');
INSERT INTO deal_words_data VALUES (137438953473,X'000000D40730617175696C6185D2CAD0808080010402060108626F7265616C697385D2CAD080808001040406020375797385D2CAD08080800102030102C2B685D2CAD080808001060504040002316185D2CAD08080800104020601016285D2CAD080808001060303060102C2B685D2CAD08080800106050404000332617185D2CAD0808080010402060102626F85D2CAD08080800104040602017585D2CAD080808001020300043361717585D2CAD0808080010402060103626F7285D2CAD0808080010404060202757985D2CAD08080800102030413150F100F0F10100F0D1110');
INSERT INTO deal_words_data VALUES (274877906945,X'00000291043062616385D2CAD0808080020603090D0206656966616E6785D2CAD080808002020C010B656C656374726F6E69637385D2CAD080808002020D01026B7985D2CAD080808002021B010373616F85D2CAD0808080020602090D010474686F6185D2CAD080808002021C030375616E85D2CAD080808002021D0102766185D2CAD08080800202160102C2B685D2CAD0808080020A080505070D0106E58C97E696B985D2CAD08080800206040D0A0202AD9085D2CAD08080800206070D0A0106E696B9E794B585D2CAD08080800206050D0A0106E794B5E5AD9085D2CAD08080800206060D0A0002316285D2CAD080808002080309040B01016585D2CAD080808002020D01016B85D2CAD080808002021B01017385D2CAD0808080020602090D01017485D2CAD080808002041C0301017685D2CAD08080800202160102C2B685D2CAD0808080020A080505070D0103E58C9785D2CAD08080800206040D0A0202AD9085D2CAD08080800206070D0A0103E696B985D2CAD08080800206050D0A0103E794B585D2CAD08080800206060D0A000332626185D2CAD0808080020603090D02016585D2CAD080808002020C0102656C85D2CAD080808002020D01026B7985D2CAD080808002021B0102736185D2CAD0808080020602090D0102746885D2CAD080808002041C030102766185D2CAD08080800202160106E58C97E696B985D2CAD08080800206040D0A0106E696B9E794B585D2CAD08080800206050D0A0106E794B5E5AD9085D2CAD08080800206060D0A00043362616385D2CAD0808080020603090D0202656985D2CAD080808002020C0103656C6585D2CAD080808002020D010373616F85D2CAD0808080020602090D010374686F85D2CAD080808002021C03017585D2CAD080808002021D041112170E11100F0E1214101414110D0D0F0E0D1211101111110D0E0E100F0E141414120E0F110F');
INSERT INTO deal_words_data VALUES (412316860417,X'000000D40730617175696C6185D2CAD0808080030402060108626F7265616C697385D2CAD080808003040406020375797385D2CAD08080800302030102C2B685D2CAD080808003060504040002316185D2CAD08080800304020601016285D2CAD080808003060303060102C2B685D2CAD08080800306050404000332617185D2CAD0808080030402060102626F85D2CAD08080800304040602017585D2CAD080808003020300043361717585D2CAD0808080030402060103626F7285D2CAD0808080030404060202757985D2CAD08080800302030413150F100F0F10100F0D1110');
CREATE TABLE 'deal_words_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
INSERT INTO deal_words_idx VALUES (1,X'',2);
INSERT INTO deal_words_idx VALUES (2,X'',2);
INSERT INTO deal_words_idx VALUES (3,X'',2);
CREATE TABLE 'deal_words_config'(k PRIMARY KEY, v) WITHOUT ROWID;
INSERT INTO deal_words_config VALUES ('version',4);
CREATE TABLE company_sound (
	"key" VARCHAR(255) NOT NULL, 
	company_id INTEGER NOT NULL, 
	CONSTRAINT pk_company_sound PRIMARY KEY ("key", company_id), 
	CONSTRAINT fk_company_sound_company_id_company FOREIGN KEY(company_id) REFERENCES company (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO company_sound VALUES ('=aquila',1);
INSERT INTO company_sound VALUES ('=borealis',2);
INSERT INTO company_sound VALUES ('latin PLS',2);
INSERT INTO company_sound VALUES ('=saobac',3);
INSERT INTO company_sound VALUES ('latin SPK',3);
INSERT INTO company_sound VALUES ('=beifang',4);
INSERT INTO company_sound VALUES ('=beifangelectronics',4);
INSERT INTO company_sound VALUES ('latin PNK',4);
INSERT INTO company_sound VALUES ('latin PNL',4);
INSERT INTO company_sound VALUES ('=baccucchips',5);
INSERT INTO company_sound VALUES ('latin PKS',5);
CREATE TABLE rebuild (
	id INTEGER NOT NULL, 
	scope VARCHAR(64) NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	started_at DATETIME NOT NULL, 
	finished_at DATETIME, 
	after_page INTEGER NOT NULL, 
	pages INTEGER NOT NULL, 
	aside INTEGER NOT NULL, 
	failed INTEGER NOT NULL, 
	reports INTEGER NOT NULL, 
	reports_new INTEGER NOT NULL, 
	reports_changed INTEGER NOT NULL, 
	reports_gone INTEGER NOT NULL, 
	deals_before INTEGER NOT NULL, 
	last_deal_before INTEGER NOT NULL, 
	CONSTRAINT pk_rebuild PRIMARY KEY (id), 
	CONSTRAINT uq_rebuild_scope UNIQUE (scope)
);
INSERT INTO rebuild VALUES (1,'5ef5ef0364b6939c4ca61f34b393f7b368d1be8619647aaf83d5b395919ab629','ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','2026-11-05 10:00:00.000000',NULL,0,0,0,0,0,0,0,0,3,3);
CREATE TABLE article_band (
	"key" BIGINT NOT NULL, 
	article_id INTEGER NOT NULL, 
	CONSTRAINT pk_article_band PRIMARY KEY ("key", article_id), 
	CONSTRAINT fk_article_band_article_id_article FOREIGN KEY(article_id) REFERENCES article (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO article_band VALUES (-6924787750596215617,1);
INSERT INTO article_band VALUES (-6152369614837154221,1);
INSERT INTO article_band VALUES (-3817365963186765852,1);
INSERT INTO article_band VALUES (-2631278027905028377,1);
INSERT INTO article_band VALUES (-2137423601485526961,1);
INSERT INTO article_band VALUES (1235900548290158197,1);
INSERT INTO article_band VALUES (2287182843234888419,1);
INSERT INTO article_band VALUES (2604155395003713169,1);
INSERT INTO article_band VALUES (5312075452052720364,1);
INSERT INTO article_band VALUES (5326795936436460247,1);
INSERT INTO article_band VALUES (6689043780606816416,1);
INSERT INTO article_band VALUES (9116623922470524600,1);
INSERT INTO article_band VALUES (-6924787750596215617,2);
INSERT INTO article_band VALUES (-6152369614837154221,2);
INSERT INTO article_band VALUES (-3817365963186765852,2);
INSERT INTO article_band VALUES (-3702802059352327469,2);
INSERT INTO article_band VALUES (-2137423601485526961,2);
INSERT INTO article_band VALUES (2287182843234888419,2);
INSERT INTO article_band VALUES (2604155395003713169,2);
INSERT INTO article_band VALUES (5312075452052720364,2);
INSERT INTO article_band VALUES (5326795936436460247,2);
INSERT INTO article_band VALUES (5696370404154562729,2);
INSERT INTO article_band VALUES (6689043780606816416,2);
INSERT INTO article_band VALUES (9116623922470524600,2);
INSERT INTO article_band VALUES (-7843012695155743181,3);
INSERT INTO article_band VALUES (-6670863045660385530,3);
INSERT INTO article_band VALUES (-6267786283974111827,3);
INSERT INTO article_band VALUES (-2611291560482276372,3);
INSERT INTO article_band VALUES (4908160679173775013,3);
INSERT INTO article_band VALUES (5181937145721314225,3);
INSERT INTO article_band VALUES (5693988261896314754,3);
INSERT INTO article_band VALUES (6186913868156653154,3);
INSERT INTO article_band VALUES (6727689339367475411,3);
INSERT INTO article_band VALUES (6827199828713798934,3);
INSERT INTO article_band VALUES (8290260986284290788,3);
INSERT INTO article_band VALUES (9085899599915370193,3);
INSERT INTO article_band VALUES (-6924787750596215617,4);
INSERT INTO article_band VALUES (-6152369614837154221,4);
INSERT INTO article_band VALUES (-6040377823943107002,4);
INSERT INTO article_band VALUES (-6002280775793246833,4);
INSERT INTO article_band VALUES (-3817365963186765852,4);
INSERT INTO article_band VALUES (-2631278027905028377,4);
INSERT INTO article_band VALUES (-2137423601485526961,4);
INSERT INTO article_band VALUES (-331917925104427858,4);
INSERT INTO article_band VALUES (2287182843234888419,4);
INSERT INTO article_band VALUES (5696370404154562729,4);
INSERT INTO article_band VALUES (7318042661427040061,4);
INSERT INTO article_band VALUES (9116623922470524600,4);
INSERT INTO article_band VALUES (-6924787750596215617,5);
INSERT INTO article_band VALUES (-6152369614837154221,5);
INSERT INTO article_band VALUES (-3817365963186765852,5);
INSERT INTO article_band VALUES (-2631278027905028377,5);
INSERT INTO article_band VALUES (-2137423601485526961,5);
INSERT INTO article_band VALUES (2287182843234888419,5);
INSERT INTO article_band VALUES (2604155395003713169,5);
INSERT INTO article_band VALUES (5312075452052720364,5);
INSERT INTO article_band VALUES (5326795936436460247,5);
INSERT INTO article_band VALUES (5696370404154562729,5);
INSERT INTO article_band VALUES (6689043780606816416,5);
INSERT INTO article_band VALUES (9116623922470524600,5);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES ('source',3);
INSERT INTO sqlite_sequence VALUES ('page',8);
INSERT INTO sqlite_sequence VALUES ('article',6);
INSERT INTO sqlite_sequence VALUES ('report',5);
INSERT INTO sqlite_sequence VALUES ('company',5);
INSERT INTO sqlite_sequence VALUES ('deal',3);
INSERT INTO sqlite_sequence VALUES ('digest',2);
INSERT INTO sqlite_sequence VALUES ('judgement',3);
CREATE INDEX ix_deal_day_id ON deal (day, id);
CREATE INDEX ix_deal_first_seen_id ON deal (first_seen, id);
CREATE INDEX ix_deal_stale_id ON deal (stale, id);
CREATE INDEX ix_deal_technology_day_id ON deal (technology, day, id);
CREATE INDEX ix_deal_updated_at_id ON deal (updated_at, id);
CREATE INDEX ix_deal_value_amount_id ON deal (value_amount, id);
CREATE INDEX ix_deal_value_currency_value_amount_id ON deal (value_currency, value_amount, id);
CREATE INDEX ix_digest_name_written_at ON digest (name, written_at);
CREATE INDEX ix_source_active_next_poll_at ON source (active, next_poll_at);
CREATE INDEX ix_company_alias_company_id ON company_alias (company_id);
CREATE INDEX ix_deal_facet_kind_value_day_deal_id ON deal_facet (kind, value, day, deal_id);
CREATE INDEX ix_deal_party_company_id_day_deal_id ON deal_party (company_id, day, deal_id);
CREATE INDEX ix_page_source_id_state ON page (source_id, state);
CREATE INDEX ix_page_state_next_try_at_id ON page (state, next_try_at, id);
CREATE INDEX ix_article_content_hash ON article (content_hash);
CREATE INDEX ix_article_copy_of_id ON article (copy_of_id);
CREATE INDEX ix_report_deal_id_id ON report (deal_id, id);
CREATE INDEX ix_deal_revision_deal_id_id ON deal_revision (deal_id, id);
CREATE INDEX ix_deal_revision_report_id ON deal_revision (report_id);
CREATE INDEX ix_report_party_company_id_report_id ON report_party (company_id, report_id);
CREATE INDEX ix_company_parent_id ON company (parent_id);
CREATE INDEX ix_judgement_deal_id_id ON judgement (deal_id, id);
CREATE INDEX ix_judgement_other_deal_id_id ON judgement (other_deal_id, id);
CREATE INDEX ix_judgement_company_id_id ON judgement (company_id, id);
CREATE INDEX ix_judgement_report_report_id ON judgement_report (report_id);
CREATE INDEX ix_judgement_report_article_id ON judgement_report (article_id);
CREATE INDEX ix_deal_redirect_into_id ON deal_redirect (into_id);
CREATE INDEX ix_deal_unsummarised ON deal (id) WHERE summary IS NULL;
CREATE INDEX ix_page_key_page_id ON page_key (page_id);
CREATE INDEX ix_article_revision_article_id_id ON article_revision (article_id, id);
CREATE UNIQUE INDEX ix_digest_name_number ON digest (name, number);
CREATE INDEX ix_digest_delivery_state_next_try_at ON digest_delivery (state, next_try_at);
CREATE INDEX ix_digest_delivery_digest_id ON digest_delivery (digest_id);
CREATE INDEX ix_company_sound_company_id ON company_sound (company_id);
CREATE INDEX ix_article_band_article_id ON article_band (article_id);
CREATE TRIGGER deal_text_added AFTER INSERT ON deal_text BEGIN
        INSERT INTO deal_words (rowid, words) VALUES (new.key, new.words);
    END;
CREATE TRIGGER deal_text_gone AFTER DELETE ON deal_text BEGIN
        INSERT INTO deal_words (deal_words, rowid, words) VALUES ('delete', old.key, old.words);
    END;
