-- setoption and getoption: luasocket's names and forms for options.
local netsocket = require 'net.socket'
local object = require 'net.socket.luasocket.object'

local addrinfo = netsocket.addrinfo
local option = {}

-- An entry has set(sock, value), which raises on a value of another type and tells
-- whether the call succeeded, and get(sock), which gives the value.

local function boolean(name)
  return {
    set = function(sock, value)
      return sock[name](sock, object.typed(value, 'boolean', 3)) ~= nil
    end,
    get = function(sock) return sock[name](sock) end,
  }
end

local function integer(name)
  return {
    set = function(sock, value)
      return sock[name](sock, math.floor(object.number(value, 3))) ~= nil
    end,
    get = function(sock) return sock[name](sock) end,
  }
end

local function field(from, name, kind)
  local value = from[name]
  if type(value) == kind then return value end
  object.bad(3, ("%s '%s' field expected"):format(kind, name))
end

local linger = {
  set = function(sock, value)
    object.typed(value, 'table', 3)
    local on, sec = field(value, 'on', 'boolean'), field(value, 'timeout', 'number')
    return sock:linger(on and math.floor(sec) or -1) ~= nil
  end,
  get = function(sock)
    local sec = sock:linger()
    return sec and {on = sec >= 0, timeout = math.max(sec, 0)}
  end,
}

local pending = {
  get = function(sock)
    local err = sock:error()
    return err and object.words(err)
  end,
}

------------------------------------------------------------------ groups of IPv4

local function to_bytes(text)
  local ai = addrinfo.inet(text)
  return ai and string.char(text:match '^(%d+)%.(%d+)%.(%d+)%.(%d+)$')
end

-- An interface is given by its address here.
local function membership(name)
  return {
    set = function(sock, value)
      object.typed(value, 'table', 3)
      local group = to_bytes(field(value, 'multiaddr', 'string'))
      local interface = field(value, 'interface', 'string')
      if not group then object.bad(3, "invalid 'multiaddr' ip address") end
      local at = to_bytes(interface == '*' and '0.0.0.0' or interface)
      if not at then object.bad(3, "invalid 'interface' ip address") end
      return sock:setsockopt(netsocket.IPPROTO_IP, netsocket[name], group .. at)
    end,
  }
end

local multicast_if = {
  set = function(sock, value)
    local at = to_bytes(object.string(value, 3))
    return at and sock:setsockopt(netsocket.IPPROTO_IP, netsocket.IP_MULTICAST_IF, at)
  end,
  get = function(sock)
    local at = sock:getsockopt(netsocket.IPPROTO_IP, netsocket.IP_MULTICAST_IF, 4)
    return at and ('%d.%d.%d.%d'):format(at:byte(1, 4))
  end,
}

------------------------------------------------------------------ groups of IPv6

local function name_of(index)
  for name, interface in pairs(netsocket.device.getifaddrs() or {}) do
    if interface.index == index then return name end
  end
end

-- An interface is given by its number here; left out, the system chooses.
local function membership6(method)
  return {
    set = function(sock, value)
      object.typed(value, 'table', 3)
      local group = addrinfo.inet6(field(value, 'multiaddr', 'string'))
      if not group then object.bad(3, "invalid 'multiaddr' ip address") end
      local name
      if value.interface ~= nil then
        name = name_of(field(value, 'interface', 'number'))
        if not name then return nil end
      end
      return sock[method](sock, group, name)
    end,
  }
end

------------------------------------------------------------------------- tables

local shared = {
  reuseaddr = boolean 'reuseaddr',
  reuseport = boolean 'reuseport',
  ['ipv6-v6only'] = boolean 'ipv6only',
  ['recv-buffer-size'] = integer 'rcvbuf',
  ['send-buffer-size'] = integer 'sndbuf',
  bindtodevice = {
    set = function(sock, value) return (sock:bindtodevice(object.string(value, 3))) end,
    get = function(sock) return sock:bindtodevice() end,
  },
  error = pending,
}

option.tcp = {
  keepalive = boolean 'keepalive',
  linger = linger,
  ['tcp-nodelay'] = boolean 'tcpnodelay',
  ['tcp-keepidle'] = integer 'tcpkeepalive',
  ['tcp-keepintvl'] = integer 'tcpkeepintvl',
  ['tcp-keepcnt'] = integer 'tcpkeepcnt',
  ['tcp-defer-accept'] = integer 'tcpdeferaccept',
  ['tcp-fastopen'] = integer 'tcpfastopen',
  ['tcp-fastopen-connect'] = boolean 'tcpfastopenconnect',
}

option.udp = {
  dontroute = boolean 'dontroute',
  broadcast = boolean 'broadcast',
  ['ip-multicast-if'] = multicast_if,
  ['ip-multicast-ttl'] = integer 'mcastttl',
  ['ip-multicast-loop'] = boolean 'mcastloop',
  ['ip-add-membership'] = membership 'IP_ADD_MEMBERSHIP',
  ['ip-drop-membership'] = membership 'IP_DROP_MEMBERSHIP',
  ['ipv6-unicast-hops'] = integer 'ttl',
  ['ipv6-multicast-hops'] = integer 'mcastttl',
  ['ipv6-multicast-loop'] = boolean 'mcastloop',
  ['ipv6-add-membership'] = membership6 'mcastjoin',
  ['ipv6-drop-membership'] = membership6 'mcastleave',
}

option.unix = {keepalive = boolean 'keepalive', linger = linger}

for _, own in ipairs{option.tcp, option.udp, option.unix} do
  for name, entry in pairs(shared) do own[name] = own[name] or entry end
end

------------------------------------------------------------------------ methods

local function find(entries, name, way)
  local entry = entries[name]
  local call = entry and entry[way]
  if call then return call end
  object.bad(2, ("unsupported option `%s'"):format(name))
end

--- setoption and getoption of the objects that have these entries.
function option.methods(entries)
  local function setoption(self, name, value)
    local set = find(entries, object.string(name, 2), 'set')
    if self.sock and set(self.sock, value) then return 1 end
    return nil, 'setsockopt failed'
  end

  local function getoption(self, name)
    local get = find(entries, object.string(name, 2), 'get')
    if not self.sock then return nil, 'getsockopt failed' end
    local value = get(self.sock)
    if value == nil and name ~= 'error' then return nil, 'getsockopt failed' end
    return value
  end

  return setoption, getoption
end

return option
