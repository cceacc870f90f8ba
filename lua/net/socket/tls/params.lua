-- The parameters of LuaSec's contexts, with what most programs want as defaults.
local ssl = require 'ssl'

local params = {}

local BUNDLES = { -- where systems keep the certificates that they trust
  '/etc/ssl/certs/ca-certificates.crt', -- Debian, Alpine, Arch
  '/etc/pki/tls/certs/ca-bundle.crt',   -- Fedora, RHEL
  '/etc/ssl/ca-bundle.pem',             -- openSUSE
  '/etc/ssl/cert.pem',                  -- macOS, BSD
}

local function readable(path)
  local file = path and io.open(path)
  if file then file:close() end
  return file and path or nil
end

--- The certificates that the system trusts: SSL_CERT_FILE, or a file of a known place.
local function bundle()
  local found = readable(os.getenv 'SSL_CERT_FILE')
  for i = 1, found and 0 or #BUNDLES do found = found or readable(BUNDLES[i]) end
  return found
end

local DEFAULTS = {
  protocol = 'any',
  options = {'all', 'no_sslv2', 'no_sslv3', 'no_tlsv1', 'no_tlsv1_1'},
}

-- LuaSec says what it could not load, and not from where.
local function unreadable(given)
  for _, field in ipairs {'cafile', 'certificate', 'key'} do
    local path = given[field]
    local file, why = nil, nil
    if type(path) == 'string' then file, why = io.open(path) end
    if file then file:close() end
    if why then return why, field end
  end
end

--- A context of LuaSec: `given` itself where it is one, its field `context`, or one made
--- of its fields. Or nil, why, and the field that is to blame where that is known.
function params.context(given, mode)
  if type(given) ~= 'table' then return given end
  if given.context then return given.context end
  if mode == 'server' and not (given.certificate or given.certificates or given.psk) then
    return nil, 'a server needs one, and its key', 'certificate'
  end
  local all = {}
  for key, value in pairs(DEFAULTS) do all[key] = value end
  if mode == 'client' then all.verify = 'peer' end
  for key, value in pairs(given) do all[key] = value end
  all.mode = mode
  if mode == 'client' and not (given.cafile or given.capath) and all.verify ~= 'none' then
    all.cafile = bundle()
  end
  local context, words = ssl.newcontext(all)
  if context then return context end
  local why, field = unreadable(all)
  return nil, why or words, field
end

return params
