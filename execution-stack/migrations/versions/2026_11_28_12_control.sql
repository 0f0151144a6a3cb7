-- Kill switches, position limits and paused windows.
SELECT 1;
