-- A case of tls_cases.lua: close while there is more on its way than the peer has room
-- for, and something unread, which is a ticket of TLS 1.3. All that was sent arrives.
return function(server, client)
  local message = ('abc'):rep(2000) -- one record
  local count = 0
  while client:sendall(message, 0) do count = count + 1 end
  client:close()
  local rd = server:reader()
  for _ = 1, count do assert(rd:readexactly(#message, 60) == message) end
  server:close()
end
