-- Patterns, formatting, concatenation, packing.
local rounds = tonumber(arg[1]) or 200
local words = {}
for i = 1, rounds do
  words[#words + 1] = string.format("%05d:%s:%x", i, string.rep(string.char(97 + i % 26), i % 7), i * i)
end
local text = table.concat(words, ", ")
local letters, digits = 0, 0
for run in text:gmatch("%a+") do letters = letters + #run end
for run in text:gmatch("%d+") do digits = digits + #run end
print(#text, letters, digits)
local swapped, count = text:gsub("(%d+):(%a*):(%x+)", "%3-%2-%1")
print(count, swapped:sub(1, 60), swapped:reverse():upper():sub(1, 40))
local packed = string.pack("<i4 z d s2", rounds, "name", 2.5, text:sub(1, 10))
print(#packed, string.unpack("<i4 z d s2", packed))
local sum = 0
for i = 1, #text do sum = (sum * 31 + text:byte(i)) % 4294967291 end
print(sum, text:find("0001%d", 1), ("%q"):format("tab\tquote\""), ("%10.4f|%-8s|%+d"):format(3.14159, "left", 7))
