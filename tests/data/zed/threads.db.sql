-- A Zed store, cut down to what readers use: a thread of format 0.3.0 with an edit and a failed one, and one of 0.2.0.
PRAGMA page_size = 1024;
CREATE TABLE threads (id TEXT PRIMARY KEY, summary TEXT NOT NULL, updated_at TEXT NOT NULL, data_type TEXT NOT NULL,
  data BLOB NOT NULL, parent_id TEXT, folder_paths TEXT, created_at TEXT);
INSERT INTO threads VALUES ('z1', 'Subtract', '2026-01-01T10:05:00+00:00', 'json', '{"version":"0.3.0","title":"Subtract","model":{"provider":"lab","model":"lab-1"},
 "request_token_usage":{"u1":{"input_tokens":50,"output_tokens":7}},"messages":[
 {"User":{"id":"u1","content":[{"Text":"Add subtract to "},{"Mention":{"uri":{"File":{"abs_path":"/home/dev/app/calc.py"}},"content":"def add"}}]}},
 {"Agent":{"content":[{"Thinking":{"text":"Small.","signature":null}},{"Text":"Now."},{"ToolUse":{"id":"t1","name":"edit_file","input":{"path":"app/calc.py","mode":"edit"}}},
  {"ToolUse":{"id":"t2","name":"edit_file","input":{"path":"app/no.py"}}},{"ToolUse":{"id":"t3","name":"terminal","input":{"command":"git commit -am x","cd":"app"}}}],
  "tool_results":{"t1":{"tool_use_id":"t1","is_error":false,"content":{"Text":"ok"},"output":{"old_text":"a\n","new_text":"b\n"}},
   "t2":{"tool_use_id":"t2","is_error":true,"content":{"Text":"no"},"output":null},
   "t3":{"tool_use_id":"t3","is_error":false,"content":{"Text":"[main 3c9728b] x\n"},"output":null}}}},"Resume"]}', NULL, '/home/dev/app', '2026-01-01T10:00:00+00:00');
INSERT INTO threads VALUES ('z2', 'Old', '2025-05-01T10:05:00+00:00', 'json', '{"version":"0.2.0","summary":"Old","messages":[
 {"id":1,"role":"user","segments":[{"type":"text","text":"Explain"}]},{"id":2,"role":"assistant","segments":[{"type":"text","text":"It adds."}]}]}', NULL, '/home/dev/app', NULL);
