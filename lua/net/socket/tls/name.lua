-- Whether a certificate is a host's: RFC 9525, by its subjectAltName alone.
local addrinfo = require 'net.socket'.addrinfo

local name = {}
local SUBJECT_ALT_NAME = '2.5.29.17'

-- The address that the text is one of, in one form; nil: it is none.
local function address(text)
  local ai = addrinfo.inet(text, 0) or addrinfo.inet6((text:gsub('^%[(.*)%]$', '%1')), 0)
  return ai and ai:addr()
end

function name.is_address(host)
  return address(host) ~= nil
end

local function plain(text)
  return (text:lower():gsub('%.$', ''))
end

-- `*` stands for one whole label, the first, and at least two follow it.
local function matches(pattern, host)
  pattern = plain(pattern)
  if pattern == host then return true end
  local rest = pattern:match '^%*(%.[^*]+)$'
  if not rest or not rest:find('.', 2, true) then return false end
  local label = host:match '^[^.]+'
  return label ~= nil and host:sub(#label + 1) == rest
end

local function any(list, test)
  for _, one in ipairs(list or {}) do
    if test(one) then return true end
  end
  return false
end

--- true, or false and the words.
function name.check(certificate, host)
  if not certificate then return false, 'the peer has no certificate' end
  local names = certificate:extensions()[SUBJECT_ALT_NAME] or {}
  local wanted, fits = address(host), false
  if wanted then
    fits = any(names.iPAddress, function(one) return address(one) == wanted end)
  elseif #host > 0 then
    local asked = plain(host)
    fits = any(names.dNSName, function(one) return matches(one, asked) end)
  end
  return fits, 'the certificate is not for this name'
end

return name
