# Finds what tools/bootstrap installed. Debian packages come by pkg-config or CMake config files; Arrow and
# DuckDB lie in SEXTANT_DEPS, a folder outside the checkout that all build trees share.
if(DEFINED ENV{SEXTANT_DEPS})
  set(_deps_default $ENV{SEXTANT_DEPS})
elseif(DEFINED ENV{XDG_CACHE_HOME})
  set(_deps_default $ENV{XDG_CACHE_HOME}/sextant)
else()
  set(_deps_default $ENV{HOME}/.cache/sextant)
endif()
set(SEXTANT_DEPS ${_deps_default} CACHE PATH "Folder that tools/bootstrap filled")
if(NOT EXISTS ${SEXTANT_DEPS}/arrow/include/arrow/api.h)
  message(FATAL_ERROR "Apache Arrow is not in ${SEXTANT_DEPS}: run tools/bootstrap first")
endif()

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(fmt REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
pkg_check_modules(zlib REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(rocksdb REQUIRED IMPORTED_TARGET rocksdb)
pkg_check_modules(curl REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(maxminddb REQUIRED IMPORTED_TARGET libmaxminddb)
pkg_check_modules(yaml REQUIRED IMPORTED_TARGET yaml-cpp)
pkg_check_modules(simdjson REQUIRED IMPORTED_TARGET simdjson)
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)
find_library(ISAL_LIBRARY isal REQUIRED)
find_library(JEMALLOC_LIBRARY jemalloc REQUIRED)

# The libraries that ship as plain files go beside the programs, so that a program and its lib/ can be moved to
# wherever its user can read, and need neither the folder nor the user that built them.
set(CMAKE_BUILD_RPATH_USE_ORIGIN ON)
function(sextant_beside_programs out)
  foreach(library ${ARGN})
    file(REAL_PATH ${library} library)  # libarrow.so.2600, the name that programs ask for
    cmake_path(GET library FILENAME name)
    set(beside ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/lib/${name})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${library})
    # A file that is there and the same stays: nothing is linked anew.
    execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${library} ${beside}
      RESULT_VARIABLE differs OUTPUT_QUIET ERROR_QUIET)
    if(differs)
      file(MAKE_DIRECTORY ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/lib)
      file(CREATE_LINK ${library} ${beside} COPY_ON_ERROR)
    endif()
    list(APPEND found ${beside})
  endforeach()
  set(${out} ${found} PARENT_SCOPE)
endfunction()

# SYSTEM headers keep their warnings out of ours.
function(sextant_imported name)
  cmake_parse_arguments(ARG "" "INCLUDE" "LIBRARIES" ${ARGN})
  sextant_beside_programs(libraries ${ARG_LIBRARIES})
  add_library(${name} INTERFACE IMPORTED GLOBAL)
  target_include_directories(${name} SYSTEM INTERFACE ${ARG_INCLUDE})
  target_link_libraries(${name} INTERFACE ${libraries})
endfunction()
sextant_imported(deps::arrow INCLUDE ${SEXTANT_DEPS}/arrow/include
  LIBRARIES ${SEXTANT_DEPS}/arrow/lib/libparquet.so ${SEXTANT_DEPS}/arrow/lib/libarrow.so)
sextant_imported(deps::duckdb INCLUDE ${SEXTANT_DEPS}/duckdb/include
  LIBRARIES ${SEXTANT_DEPS}/duckdb/lib/libduckdb.so)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}
    CCACHE_NOHASHDIR=1 ${CCACHE})
endif()
find_program(MOLD ld.mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()
