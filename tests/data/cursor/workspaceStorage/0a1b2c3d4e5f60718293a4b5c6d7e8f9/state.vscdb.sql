-- A window's database: up to 3.0 it named the conversations that took place in it, and kept those of 2024 whole.
PRAGMA page_size = 1024;
CREATE TABLE ItemTable (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB);
CREATE TABLE cursorDiskKV (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB);
INSERT INTO ItemTable VALUES ('composer.composerData', '{"allComposers":[{"composerId":"7c1e0001-0000-4000-8000-00000000000c","name":"Rename"},{"composerId":"7c1e0001-0000-4000-8000-00000000000e","name":"Inline","createdAt":1730000000000,"lastUpdatedAt":1730000100000,"conversation":[{"type":1,"bubbleId":"c1","text":"Explain calc.py"},{"type":2,"bubbleId":"c2","text":"It adds."}]}],"selectedComposerIds":["7c1e0001-0000-4000-8000-00000000000c"]}');
INSERT INTO ItemTable VALUES ('workbench.panel.composerChatViewPane.1', '{"workbench.panel.aichat.view.7c1e0001-0000-4000-8000-00000000000c":{"collapsed":false}}');
INSERT INTO ItemTable VALUES ('workbench.panel.aichat.view.aichat.chatdata', '{"tabs":[{"tabId":"7c1e0001-0000-4000-8000-00000000000d","chatTitle":"What is this","lastSendTime":1720000000000,"bubbles":[{"type":"user","id":"l1","text":"What is this?"},{"type":"ai","id":"l2","rawText":"A calculator.","modelType":"lab-chat"}]},{"tabId":"empty","bubbles":[]}]}');
