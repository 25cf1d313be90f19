-- A Goose store since 1.10, cut down to what readers use: an edit, a failed one, a shell commit, a hidden summary.
PRAGMA page_size = 1024;
CREATE TABLE sessions (id TEXT PRIMARY KEY, name TEXT, description TEXT, session_type TEXT, working_dir TEXT NOT NULL,
  created_at TIMESTAMP, updated_at TIMESTAMP, accumulated_input_tokens INTEGER, accumulated_output_tokens INTEGER, model_config_json TEXT);
CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, message_id TEXT, session_id TEXT NOT NULL, role TEXT NOT NULL,
  content_json TEXT NOT NULL, created_timestamp INTEGER NOT NULL, metadata_json TEXT);
INSERT INTO sessions VALUES ('20260101_1', 'Subtract', '', 'user', '/home/dev/app', '2026-01-01 10:00:00', '2026-01-01 10:01:00', 500, 60, '{"model_name":"lab-1"}');
INSERT INTO messages VALUES (1, 'u1', '20260101_1', 'user', '[{"type":"text","text":"Add subtract"}]', 1767261601, '{"userVisible":true}');
INSERT INTO messages VALUES (2, 'a1', '20260101_1', 'assistant', '[{"type":"thinking","thinking":"Small."},{"type":"text","text":"Now."},
  {"type":"toolRequest","id":"t1","toolCall":{"status":"success","value":{"name":"developer__edit","arguments":{"path":"calc.py","before":"a","after":"b"}}}},
  {"type":"toolRequest","id":"t2","toolCall":{"status":"success","value":{"name":"developer__text_editor","arguments":{"command":"str_replace","path":"/home/dev/app/x.py","old_str":"q","new_str":"r"}}}},
  {"type":"toolRequest","id":"t3","toolCall":{"status":"success","value":{"name":"developer__shell","arguments":{"command":"git commit -am x"}}}}]', 1767261602, '{}');
INSERT INTO messages VALUES (3, 'u2', '20260101_1', 'user', '[{"type":"toolResponse","id":"t1","toolResult":{"status":"success","value":[{"type":"text","text":"ok"}]}},
  {"type":"toolResponse","id":"t2","toolResult":{"status":"error","error":"no match"}},
  {"type":"toolResponse","id":"t3","toolResult":{"status":"success","value":{"content":[{"type":"text","text":"[main 3c9728b] x\n"}]}}}]', 1767261603, '{}');
INSERT INTO messages VALUES (4, 'u3', '20260101_1', 'user', '[{"type":"text","text":"Summary for the model"}]', 1767261604, '{"userVisible":false,"agentVisible":true}');
