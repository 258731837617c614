# What a report page runs: page.js with the libraries of package-lock.json, bundled into one script. LLMSYS_PAGE is the C++ file that holds it.
# Without them a build has no pages, and the command says why.
include(llmsys_embed)
include(llmsys_npm)

set(from ${CMAKE_CURRENT_LIST_DIR})
set(bundle ${CMAKE_CURRENT_BINARY_DIR}/page)
set(LLMSYS_PAGE ${bundle}/embedded_page.cpp)
llmsys_npm_ci(${from} ${bundle} missing)
if(missing)
  message(STATUS "report pages: none, as ${missing}")
  file(CONFIGURE OUTPUT ${bundle}/missing.txt CONTENT "${missing}")
  llmsys_embed(${LLMSYS_PAGE} embedded_page ${bundle}/missing.txt)
else()
  file(GLOB page_sources CONFIGURE_DEPENDS ${from}/*.js ${from}/*.css)
  add_custom_command(OUTPUT ${bundle}/page.js ${bundle}/page.css
    COMMAND ${CMAKE_COMMAND} -E env NODE_PATH=${bundle}/node_modules ${bundle}/node_modules/.bin/esbuild ${from}/page.js ${from}/page.css
      --bundle --minify --format=iife --target=es2020 --charset=ascii --legal-comments=none --log-level=warning --outdir=${bundle}
    DEPENDS ${page_sources} ${from}/package-lock.json
    VERBATIM)
  # Their licences ask to be told in every copy.
  set(licences)
  foreach(library @observablehq/plot d3)
    file(READ ${bundle}/node_modules/${library}/LICENSE licence)
    string(APPEND licences "${library}\n${licence}\n")
  endforeach()
  file(CONFIGURE OUTPUT ${bundle}/licences.txt CONTENT "${licences}" @ONLY)
  llmsys_embed(${LLMSYS_PAGE} embedded_page ${bundle}/page.js ${bundle}/page.css ${bundle}/licences.txt)
endif()
set(LLMSYS_NO_PAGES "${missing}" CACHE INTERNAL "why the command has no pages")
