# embed.cmake: how do texts for the browser come into the program?
#
#   cmake -DNAME=asset_widget -DOUT=widget.c "-DFILES=a.js|b.js" -P embed.cmake
#
# Joins the files, leaves out what only readers of the source need (whole-line and block comments, indentation), and
# writes a C file that defines `const struct str NAME`. Nothing is renamed or rewritten: what is served can be read.
string(REPLACE "|" ";" files "${FILES}")
function(write_constant file)
    file(READ "${file}" bytes HEX)
    string(REGEX REPLACE "(................................................)" "\\1\n" bytes "${bytes}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
    file(WRITE "${OUT}" "#include \"gateway/assets.h\"\n\nstatic const unsigned char bytes[] = {\n${bytes}};\n"
        "const struct str ${NAME} = {(const char *)bytes, sizeof bytes};\n")
endfunction()
if(files MATCHES "\\.ico$")
    write_constant("${files}") # bytes, not text
    return()
endif()
set(text "")
foreach(file IN LISTS files)
    file(READ "${file}" part)
    string(APPEND text "\n${part}")
endforeach()
string(REGEX REPLACE "/\\*([^*]|\\*+[^*/])*\\*+/" "" text "${text}")
string(REGEX REPLACE "\n *//[^\n]*" "" text "${text}")
string(REGEX REPLACE "\n[ \n]+" "\n" text "${text}")
string(REGEX REPLACE "^\n" "" text "${text}")
file(WRITE "${OUT}.packed" "${text}")
write_constant("${OUT}.packed")
