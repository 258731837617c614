# llmsys_embed(OUT symbol FILES...) makes OUT, a C++ file in which `std::span<const EmbeddedFile> llmsys::symbol()` holds the files.
function(llmsys_embed out symbol)
  set(script ${PROJECT_SOURCE_DIR}/cmake/embed.py)
  add_custom_command(OUTPUT ${out}
    COMMAND Python3::Interpreter ${script} ${out} ${symbol} ${ARGN}
    DEPENDS ${script} ${ARGN}
    VERBATIM)
endfunction()
