# Tests that belong to no single layer. A file is registered by lying in its folder; which layers it links is
# said by one line of its own, so that adding a test touches one file:
#   // links: core template
#
#   tests/contract/*_test.cc   label contract   one suite a port, run against every adapter
#   tests/scenario/*_test.cc   label scenario   the whole program or node, as a user has it
#   tests/fault/*_test.cc      label fault      adapters that fail, lose power, run out of disk
#   tests/fuzz/*_fuzz.cc       label fuzz       LLVMFuzzerTestOneInput; tests/fuzz/corpus/NAME/ is replayed here,
#                                               and grown by `make fuzz TARGET=NAME MINUTES=n`; each
#                                               src/intel/parsers/KIND.case makes one more
function(sextant_links file out)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(STRINGS ${file} line REGEX "^// links: " LIMIT_COUNT 1)
  if(NOT line)
    message(FATAL_ERROR "${file}: say which layers it links, e.g. '// links: core template'")
  endif()
  string(REGEX REPLACE "^// links: " "" layers "${line}")
  separate_arguments(layers)
  list(TRANSFORM layers PREPEND sextant_)
  set(${out} ${layers} PARENT_SCOPE)
endfunction()

# One program a file, named after it.
function(sextant_folder_tests label timeout_s)
  if(SEXTANT_FUZZ)
    return()
  endif()
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${label}/*_test.cc)
  foreach(file ${files})
    cmake_path(GET file STEM name)
    sextant_links(${file} layers)
    add_executable(${name} ${file})
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
    target_compile_definitions(${name} PRIVATE SEXTANT_SOURCE="${CMAKE_SOURCE_DIR}")
    target_link_libraries(${name} PRIVATE ${layers} GTest::gtest GTest::gtest_main)
    sextant_discover(${name} ${label} ${label}. ${timeout_s})
  endforeach()
endfunction()

# With clang and SEXTANT_FUZZ the program is a libFuzzer one; otherwise it replays the committed corpus.
function(sextant_fuzz_target target file)
  set(name ${target}_fuzz)
  sextant_links(${file} layers)
  add_executable(${name} ${file})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${layers})
  if(SEXTANT_FUZZ)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    target_link_libraries(${name} PRIVATE sextant_fuzz_replay)
    add_test(NAME fuzz.${target} COMMAND ${name} ${ARGN})
    math(EXPR timeout_s "120 * ${SEXTANT_SLOWNESS}")
    set_tests_properties(fuzz.${target} PROPERTIES LABELS fuzz TIMEOUT ${timeout_s})
  endif()
endfunction()

function(sextant_fuzz_targets)
  set(fuzz ${CMAKE_CURRENT_SOURCE_DIR}/fuzz)
  file(GLOB files CONFIGURE_DEPENDS ${fuzz}/*_fuzz.cc)
  if(files AND NOT SEXTANT_FUZZ)
    add_library(sextant_fuzz_replay STATIC ${fuzz}/replay.cc)
  endif()
  foreach(file ${files})
    cmake_path(GET file STEM name)
    string(REGEX REPLACE "_fuzz$" "" target ${name})
    sextant_fuzz_target(${target} ${file} ${fuzz}/corpus/${target})
  endforeach()
  # Every parser of logs has one by its case file, whose lines are the first inputs.
  file(GLOB cases CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/intel/parsers/*.case)
  foreach(file ${cases})
    cmake_path(GET file STEM kind)
    set(corpus ${file})
    if(EXISTS ${fuzz}/corpus/${kind})
      list(APPEND corpus ${fuzz}/corpus/${kind})
    endif()
    sextant_fuzz_target(${kind} ${fuzz}/log_kind.cc ${corpus})
    target_compile_definitions(${kind}_fuzz PRIVATE SEXTANT_KIND="${kind}")
  endforeach()
endfunction()

# A test written in Python with the interpreter that tools/bootstrap made. Arguments after the script go to it.
function(sextant_python_test name label timeout_s script)
  if(SEXTANT_FUZZ)
    return()
  endif()
  add_test(NAME ${label}.${name} COMMAND ${SEXTANT_DEPS}/python/bin/python3 ${CMAKE_SOURCE_DIR}/${script} ${ARGN}
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  math(EXPR timeout_s "${timeout_s} * ${SEXTANT_SLOWNESS}")
  set_tests_properties(${label}.${name} PROPERTIES LABELS ${label} TIMEOUT ${timeout_s}
    ENVIRONMENT "TZ=UTC;LC_ALL=C.UTF-8;PYTHONDONTWRITEBYTECODE=1;SEXTANT_PROGRAM=${CMAKE_BINARY_DIR}/sextant;SEXTANT_DEPS=${SEXTANT_DEPS};SEXTANT_SLOWNESS=${SEXTANT_SLOWNESS}")
endfunction()

# tests/oracle/KIND_oracle.py: a second reading of each kind of logs.
function(sextant_oracle_tests)
  if(NOT TARGET parser_tool)
    return()
  endif()
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/oracle/*_oracle.py)
  foreach(file ${files})
    cmake_path(GET file STEM name)
    sextant_python_test(${name} scenario 120 tests/oracle/${name}.py $<TARGET_FILE:parser_tool>
      --countries ${SEXTANT_DEPS}/geoip/iptoasn-country.mmdb)
  endforeach()
endfunction()

# Programs that tests or `make bench` run, one a file, named after it: tests/perf/*_bench.cc,
# tests/oracle/*_tool.cc, tests/dist/*_contract.cc.
function(sextant_folder_programs folder suffix)
  if(SEXTANT_FUZZ)
    return()
  endif()
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*_${suffix}.cc)
  foreach(file ${files})
    cmake_path(GET file STEM name)
    sextant_links(${file} layers)
    add_executable(${name} ${file})
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} PRIVATE ${layers})
    if(suffix STREQUAL bench)
      target_link_libraries(${name} PRIVATE benchmark::benchmark GTest::gtest)
    elseif(suffix STREQUAL contract)
      target_link_libraries(${name} PRIVATE GTest::gtest GTest::gtest_main)
    endif()
  endforeach()
endfunction()
