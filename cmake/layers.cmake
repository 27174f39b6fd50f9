# One static library and one test program a layer; the folder's name is the layer's name.
option(SEXTANT_WARNINGS_AS_ERRORS "Warnings are errors" OFF)
option(SEXTANT_FUZZ "Build libFuzzer targets (clang only)" OFF)
set(SEXTANT_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them")

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wimplicit-fallthrough)
if(SEXTANT_WARNINGS_AS_ERRORS)
  add_compile_options(-Werror)
endif()
set(SEXTANT_SLOWNESS 1)
if(SEXTANT_SANITIZE)
  set(SEXTANT_SLOWNESS 5)  # how many times longer a test may take
  # g++ takes three times as long with -O1, more than the tests gain by it; fuzzing (clang) lives on speed.
  add_compile_options(-fsanitize=${SEXTANT_SANITIZE} -fno-omit-frame-pointer -g1
    $<IF:$<CXX_COMPILER_ID:GNU>,-O0,-O1>)
  # TSan does not know fences; without Asio's, its locks alone must order what our handlers do.
  add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
  add_link_options(-fsanitize=${SEXTANT_SANITIZE})
endif()
if(SEXTANT_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# sextant_layer(NAME [DEPENDS layers it may include...] [LIBRARIES outside libraries...]
#               [TEST_DEPENDS layers that only its tests use...])
# Every .cc below src/NAME belongs to it; *_test.cc form sextant_NAME_tests. tools/check_layers reads the
# DEPENDS lists as the include rules.
function(sextant_layer name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LIBRARIES;TEST_DEPENDS" ${ARGN})
  set(folder ${CMAKE_SOURCE_DIR}/src/${name})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cc)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${folder}/*.h)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")  # the program's, see src/CMakeLists.txt
  if(NOT sources AND NOT headers)
    return()
  endif()
  list(TRANSFORM ARG_DEPENDS PREPEND sextant_)
  list(TRANSFORM ARG_TEST_DEPENDS PREPEND sextant_)
  if(sources)
    add_library(sextant_${name} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(sextant_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(sextant_${name} ${scope} ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(sextant_${name} ${scope} ${ARG_DEPENDS} ${ARG_LIBRARIES} Threads::Threads)
  if(tests AND NOT SEXTANT_FUZZ)
    add_executable(sextant_${name}_tests ${tests})
    target_include_directories(sextant_${name}_tests PRIVATE ${CMAKE_SOURCE_DIR})  # tests/support
    target_link_libraries(sextant_${name}_tests PRIVATE sextant_${name} ${ARG_TEST_DEPENDS}
      GTest::gtest GTest::gtest_main)
    sextant_discover(sextant_${name}_tests unit ${name}. 30)
  endif()
endfunction()

# Registers a GoogleTest program: one label (CTest 3.25 keeps only the first), a prefix as the second axis.
function(sextant_discover target label prefix timeout_s)
  include(GoogleTest)
  math(EXPR timeout_s "${timeout_s} * ${SEXTANT_SLOWNESS}")
  gtest_discover_tests(${target} TEST_PREFIX ${prefix} DISCOVERY_MODE PRE_TEST
    PROPERTIES TIMEOUT ${timeout_s} LABELS ${label})
endfunction()
