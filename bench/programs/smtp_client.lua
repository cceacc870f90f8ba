-- smtp_client.lua PORT COUNT: sends COUNT mails over one connection.
local socket = require 'net.socket'
local port, count = arg[1], tonumber(arg[2])

local sock <close> = assert(socket.connect_inet_stream('127.0.0.1', port, 60))
local rd = assert(sock:reader())

local function reply(wanted)
  local line
  repeat line = assert(rd:line(60)) until line:sub(4, 4) ~= '-'
  assert(line:sub(1, 1) == wanted, line)
end

local function command(line, wanted)
  assert(sock:sendall(line .. '\r\n', 60))
  reply(wanted)
end

local function send(from, to, text)
  command(('MAIL FROM:<%s>'):format(from), '2')
  command(('RCPT TO:<%s>'):format(to), '2')
  command('DATA', '3')
  command(text:gsub('\n', '\r\n'):gsub('\r\n%.', '\r\n..') .. '.', '2')
end

reply '2'
command('EHLO localhost', '2')
for i = 1, count do
  local text = 'Subject: report %d\n\nAll is well.\n.hidden\n' .. ('x'):rep(70) .. '\n'
  send('bench@example.org', 'you@example.org', text:format(i))
end
command('QUIT', '2')
