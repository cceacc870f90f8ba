-- The loop alone.
for _ = 1, tonumber(arg[1]) do
end
