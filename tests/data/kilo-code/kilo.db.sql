-- An OpenCode 1.18 store, cut down to what readers use: a session with a prompt, an edit, a failed edit, a commit and a
-- compaction; a second prompt that was reverted; a subagent's session; a command the person ran with `!`.
PRAGMA page_size = 1024;
CREATE TABLE project (id TEXT PRIMARY KEY, worktree TEXT NOT NULL, vcs TEXT);
CREATE TABLE session (id TEXT PRIMARY KEY, project_id TEXT NOT NULL, parent_id TEXT, directory TEXT NOT NULL,
  title TEXT NOT NULL, version TEXT NOT NULL, revert TEXT, time_created INTEGER NOT NULL, time_updated INTEGER NOT NULL);
CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT NOT NULL, time_created INTEGER NOT NULL,
  time_updated INTEGER NOT NULL, data TEXT NOT NULL);
CREATE INDEX message_session_time_created_id_idx ON message (session_id, time_created, id);
CREATE TABLE part (id TEXT PRIMARY KEY, message_id TEXT NOT NULL, session_id TEXT NOT NULL,
  time_created INTEGER NOT NULL, time_updated INTEGER NOT NULL, data TEXT NOT NULL);
CREATE INDEX part_message_id_id_idx ON part (message_id, id);
CREATE INDEX part_session_idx ON part (session_id);

INSERT INTO project VALUES ('3a3948e8767fb6b0150313b1f59891ec750616f8', '/home/dev/work/app', 'git');
INSERT INTO session VALUES ('ses_k2', '3a3948e8767fb6b0150313b1f59891ec750616f8', NULL, '/home/dev/work/app', 'Add subtract',
  '1.18.33', '{"messageID":"msg_05"}', 1795189370943, 1795189379503);
INSERT INTO session VALUES ('ses_k1', '3a3948e8767fb6b0150313b1f59891ec750616f8', 'ses_k2', '/home/dev/work/app', 'Look around',
  '1.18.33', NULL, 1795189372000, 1795189372500);

INSERT INTO message VALUES ('msg_01', 'ses_k2', 1795189371011, 1795189373438,
  '{"role":"user","time":{"created":1795189371011},"agent":"build","model":{"providerID":"lab","modelID":"lab-1"}}');
INSERT INTO part VALUES ('prt_01', 'msg_01', 'ses_k2', 0, 0, '{"type":"text","text":"\"Add subtract and commit\""}');
INSERT INTO part VALUES ('prt_02', 'msg_01', 'ses_k2', 0, 0, '{"type":"text","synthetic":true,"text":"Called the Read tool"}');
INSERT INTO message VALUES ('msg_02', 'ses_k2', 1795189371649, 1795189372493,
  '{"role":"assistant","parentID":"msg_01","path":{"cwd":"/home/dev/work/app"},"modelID":"lab-1","finish":"tool-calls",
    "tokens":{"input":220,"output":40,"reasoning":5,"cache":{"write":10,"read":1000}},
    "time":{"created":1795189371649,"completed":1795189372492}}');
INSERT INTO part VALUES ('prt_03', 'msg_02', 'ses_k2', 0, 0, '{"type":"step-start","snapshot":"a807a01f"}');
INSERT INTO part VALUES ('prt_04', 'msg_02', 'ses_k2', 0, 0, '{"type":"reasoning","text":"A small change.","time":{"start":1795189372000}}');
INSERT INTO part VALUES ('prt_05', 'msg_02', 'ses_k2', 0, 0, '{"type":"tool","tool":"edit","callID":"call_1","state":{"status":"error",
  "input":{"filePath":"/home/dev/work/app/calc.py","oldString":"nowhere","newString":"x"},"error":"oldString not found"}}');
INSERT INTO part VALUES ('prt_06', 'msg_02', 'ses_k2', 0, 0, '{"type":"tool","tool":"edit","callID":"call_2","state":{"status":"completed",
  "input":{"filePath":"/home/dev/work/app/calc.py","oldString":"return a + b\n","newString":"return a + b\n\ndef subtract(a, b):\n    return a - b\n"},
  "output":"Edit applied successfully.","time":{"start":1795189372100,"end":1795189372200},
  "metadata":{"diff":"--- calc.py\n+++ calc.py\n@@ -1,2 +1,5 @@\n def add(a, b):\n     return a + b\n+\n+def subtract(a, b):\n+    return a - b\n"}}}');
INSERT INTO part VALUES ('prt_07', 'msg_02', 'ses_k2', 0, 0, '{"type":"tool","tool":"write","callID":"call_3","state":{"status":"completed",
  "input":{"filePath":"notes.md","content":"# Notes\n"},"output":"Wrote file successfully.","metadata":{"exists":false},
  "time":{"start":1795189372210,"end":1795189372220}}}');
INSERT INTO part VALUES ('prt_08', 'msg_02', 'ses_k2', 0, 0, '{"type":"tool","tool":"bash","callID":"call_4","state":{"status":"completed",
  "input":{"command":"git commit -am subtract"},"output":"[main 3c9728b] subtract\n 2 files changed\n","metadata":{"exit":0},
  "time":{"start":1795189372300,"end":1795189372400}}}');
INSERT INTO part VALUES ('prt_09', 'msg_02', 'ses_k2', 0, 0, '{"type":"text","text":"Subtract is in.","time":{"start":1795189372450}}');
INSERT INTO message VALUES ('msg_03', 'ses_k2', 1795189374000, 1795189374000, '{"role":"user","time":{"created":1795189374000}}');
INSERT INTO part VALUES ('prt_10', 'msg_03', 'ses_k2', 0, 0, '{"type":"text","synthetic":true,"text":"The following tool was executed by the user"}');
INSERT INTO message VALUES ('msg_04', 'ses_k2', 1795189374100, 1795189374200,
  '{"role":"assistant","parentID":"msg_03","path":{"cwd":"/home/dev/work/app"},"modelID":"lab-1","time":{"created":1795189374100}}');
INSERT INTO part VALUES ('prt_11', 'msg_04', 'ses_k2', 0, 0, '{"type":"tool","tool":"bash","callID":"call_5","state":{"status":"completed",
  "input":{"command":"echo mine > mine.txt"},"output":"","time":{"start":1795189374100,"end":1795189374150}}}');
INSERT INTO message VALUES ('msg_05', 'ses_k2', 1795189375000, 1795189375000, '{"role":"user","time":{"created":1795189375000}}');
INSERT INTO part VALUES ('prt_12', 'msg_05', 'ses_k2', 0, 0, '{"type":"text","text":"Drop it again"}');
INSERT INTO message VALUES ('msg_06', 'ses_k2', 1795189375100, 1795189375400,
  '{"role":"assistant","parentID":"msg_05","path":{"cwd":"/home/dev/work/app"},"modelID":"lab-2","time":{"created":1795189375100,"completed":1795189375400}}');
INSERT INTO part VALUES ('prt_13', 'msg_06', 'ses_k2', 0, 0, '{"type":"tool","tool":"apply_patch","callID":"call_6","state":{"status":"completed",
  "input":{"patchText":"*** Begin Patch\n*** Delete File: notes.md\n*** End Patch"},"output":"done","time":{"start":1795189375200,"end":1795189375300}}}');

INSERT INTO message VALUES ('msg_11', 'ses_k1', 1795189372000, 1795189372000, '{"role":"user","time":{"created":1795189372000}}');
INSERT INTO part VALUES ('prt_21', 'msg_11', 'ses_k1', 0, 0, '{"type":"text","text":"List the files"}');
INSERT INTO message VALUES ('msg_12', 'ses_k1', 1795189372100, 1795189372400,
  '{"role":"assistant","parentID":"msg_11","path":{"cwd":"/home/dev/work/app"},"modelID":"lab-1","time":{"created":1795189372100,"completed":1795189372400}}');
INSERT INTO part VALUES ('prt_22', 'msg_12', 'ses_k1', 0, 0, '{"type":"text","text":"calc.py"}');
