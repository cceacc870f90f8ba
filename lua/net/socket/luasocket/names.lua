-- Names and addresses: the table `dns`, and what the objects ask.
local netsocket = require 'net.socket'
local object = require 'net.socket.luasocket.object'

local addrinfo, words = netsocket.addrinfo, object.words
local families = {
  inet = netsocket.AF_INET,
  inet4 = netsocket.AF_INET,
  inet6 = netsocket.AF_INET6,
  unspec = netsocket.AF_UNSPEC,
}
local names = {dns = {}}
local dns = names.dns

--- The addresses of a host and a port; '*' is any address of this host.
function names.addresses(host, port, family, socktype, passive)
  local flags = passive and netsocket.AI_PASSIVE or 0
  if host == '*' then
    host, family, flags = nil, family or 'inet', flags | netsocket.AI_PASSIVE
  end
  local list, err = addrinfo.getaddrinfo(host, port, families[family or 'unspec'],
    socktype, 0, flags)
  if not list then return nil, words(err) end
  return list
end

--- The address of numbers, without asking a resolver.
function names.numeric(host, port)
  local number = math.tointeger(tonumber(port))
  if number then
    local make = host:find(':', 1, true) and addrinfo.inet6 or addrinfo.inet
    local ai = make(host, number, netsocket.SOCK_DGRAM)
    if ai then return ai end
  end
  return nil, netsocket.eai.EAI_NONAME.message
end

local function resolve(host, family, flags)
  return addrinfo.getaddrinfo(host, nil, family, netsocket.SOCK_STREAM, 0, flags)
end

local function entry(host)
  local list = resolve(host, netsocket.AF_INET, netsocket.AI_CANONNAME)
  if not list then return nil, 'host not found' end
  local ips = {}
  for i, ai in ipairs(list) do ips[i] = ai:addr() end
  return {name = list[1]:canonname() or host, alias = {}, ip = ips}
end

function dns.toip(host)
  local found, err = entry(object.string(host, 1))
  if not found then return nil, err end
  return found.ip[1], found
end

function dns.tohostname(address)
  local found, err = entry(object.string(address, 1))
  if not found then return nil, err end
  local ai = addrinfo.inet(found.ip[1], 0, netsocket.SOCK_STREAM)
  local name = ai:getnameinfo(netsocket.NI_NAMEREQD)
  if not name then return nil, 'host not found' end
  found.name = name.host
  return name.host, found
end

function dns.getaddrinfo(host)
  local list, err = resolve(object.string(host, 1), netsocket.AF_UNSPEC, 0)
  if not list then return nil, words(err) end
  local found = {}
  for i, ai in ipairs(list) do
    found[i] = {family = object.family_of(ai), addr = ai:addr()}
  end
  return found
end

--- The names of a host, as a list, and of a service.
function dns.getnameinfo(host, service)
  if not host and not service then error('host and serv cannot be both nil', 2) end
  local list, err = addrinfo.getaddrinfo(host, service, netsocket.AF_UNSPEC,
    netsocket.SOCK_STREAM)
  if not list then return nil, words(err) end
  local hosts, name = {}, nil
  for i, ai in ipairs(list) do
    name, err = ai:getnameinfo()
    if not name then return nil, words(err) end
    hosts[i] = name.host
  end
  return hosts, service and name.service
end

--- The name of this host: Linux tells it in a file, others have uname(1).
function dns.gethostname()
  local file <close> = io.open '/proc/sys/kernel/hostname' or assert(io.popen 'uname -n')
  return file:read()
end

return names
