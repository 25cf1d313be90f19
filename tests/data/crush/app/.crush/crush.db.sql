-- A Crush store of 2025, cut down to what readers use: an edit with whole texts, a write, a refused write, a commit.
PRAGMA page_size = 1024;
CREATE TABLE sessions (id TEXT PRIMARY KEY, parent_session_id TEXT, title TEXT NOT NULL, prompt_tokens INTEGER,
  completion_tokens INTEGER, summary_message_id TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
CREATE TABLE messages (id TEXT PRIMARY KEY, session_id TEXT NOT NULL, role TEXT NOT NULL, parts TEXT NOT NULL,
  model TEXT, provider TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
INSERT INTO sessions VALUES ('s1', NULL, 'Subtract', 100, 20, NULL, 1754709060, 1754709090);
INSERT INTO messages VALUES ('m1', 's1', 'user', '[{"type":"text","data":{"text":"Add subtract"}},{"type":"finish","data":{"reason":"stop"}}]', '', NULL, 1754709060, 1754709060);
INSERT INTO messages VALUES ('m2', 's1', 'assistant', '[{"type":"reasoning","data":{"thinking":"Small."}},{"type":"text","data":{"text":"I will edit."}},
  {"type":"tool_call","data":{"id":"c1","name":"edit","input":"{\"file_path\":\"/home/dev/app/calc.py\",\"old_string\":\"a\",\"new_string\":\"b\"}"}},
  {"type":"tool_call","data":{"id":"c2","name":"write","input":"{\"file_path\":\"/home/dev/app/notes.md\",\"content\":\"# Notes\\n\"}"}},
  {"type":"tool_call","data":{"id":"c3","name":"write","input":"{\"file_path\":\"/home/dev/app/no.md\",\"content\":\"no\\n\"}"}},
  {"type":"tool_call","data":{"id":"c4","name":"bash","input":"{\"command\":\"git commit -am x\"}"}},
  {"type":"finish","data":{"reason":"tool_use"}}]', 'lab-1', 'lab', 1754709061, 1754709070);
INSERT INTO messages VALUES ('m3', 's1', 'tool', '[
  {"type":"tool_result","data":{"tool_call_id":"c1","content":"ok","metadata":"{\"old_content\":\"a\\n\",\"new_content\":\"b\\n\",\"additions\":1,\"removals\":1}","is_error":false}},
  {"type":"tool_result","data":{"tool_call_id":"c2","content":"ok","metadata":"{\"diff\":\"--- a/notes.md\\n+++ b/notes.md\\n@@ -0,0 +1 @@\\n+# Notes\\n\"}","is_error":false}},
  {"type":"tool_result","data":{"tool_call_id":"c3","content":"Permission denied","metadata":"","is_error":true}},
  {"type":"tool_result","data":{"tool_call_id":"c4","content":"[main 3c9728b] x\n","metadata":"{\"output\":\"[main 3c9728b] x\\n\",\"working_directory\":\"/home/dev/app\"}","is_error":false}}]', '', 'lab', 1754709070, 1754709070);
INSERT INTO sessions VALUES ('s2', 's1', 'Sub', 0, 0, NULL, 1754709062, 1754709063);
INSERT INTO messages VALUES ('m4', 's2', 'user', '[{"type":"text","data":{"text":"Look"}}]', '', NULL, 1754709062, 1754709062);
