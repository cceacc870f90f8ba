-- smtp_client_module.lua PORT COUNT: smtp_client.lua with luasocket's socket.smtp, which
-- makes a connection for each mail.
local smtp = require 'socket.smtp'
local port, count = arg[1], tonumber(arg[2])

smtp.TIMEOUT = 60
for i = 1, count do
  local text = ('All is well.\r\n.hidden\r\n%s\r\n'):format(('x'):rep(70))
  assert(smtp.send {
    server = '127.0.0.1', port = port,
    from = '<bench@example.org>', rcpt = '<you@example.org>',
    source = smtp.message {headers = {subject = 'report ' .. i}, body = text},
  })
end
