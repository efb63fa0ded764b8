# Compile options that every target of the tree shares, and the helpers that declare
# a layer's library and its unit tests.

find_program(LINDVM_CCACHE ccache)
if(LINDVM_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER ${LINDVM_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${LINDVM_CCACHE})
endif()

add_library(lindvm_options INTERFACE)
target_include_directories(lindvm_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(lindvm_options INTERFACE -Wall -Wextra -Werror)
# The semantics of each operation are written in C++: a compiler that fuses a * b + c would change results. Square roots need
# no errno, and so no call.
target_compile_options(lindvm_options INTERFACE -ffp-contract=off -fno-math-errno)
target_compile_definitions(lindvm_options INTERFACE _GNU_SOURCE)
# The code cache tells builds apart by it.
target_link_options(lindvm_options INTERFACE -Wl,--build-id=sha1)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these for correct std::optional/std::variant code at -O2 (GCC PR 105593, 107852).
  target_compile_options(lindvm_options INTERFACE -Wno-maybe-uninitialized -Wno-array-bounds
    -Wno-stringop-overflow -Wno-restrict)
endif()
if(LINDVM_SANITIZE)
  target_compile_options(lindvm_options INTERFACE -fsanitize=${LINDVM_SANITIZE}
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(lindvm_options INTERFACE -fsanitize=${LINDVM_SANITIZE})
endif()
if(LINDVM_FUZZ)
  target_compile_options(lindvm_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# {fmt}, linked statically (see fmt.cpp).
if(fmt_VERSION VERSION_GREATER_EQUAL 9 AND fmt_VERSION VERSION_LESS 10)
  add_library(lindvm_fmt STATIC ${CMAKE_CURRENT_LIST_DIR}/fmt.cpp)
  target_include_directories(lindvm_fmt SYSTEM PUBLIC $<TARGET_PROPERTY:fmt::fmt,INTERFACE_INCLUDE_DIRECTORIES>)
  target_link_libraries(lindvm_fmt PRIVATE lindvm_options)
else()
  add_library(lindvm_fmt INTERFACE)
  target_link_libraries(lindvm_fmt INTERFACE fmt::fmt-header-only)
endif()

# lindvm_layer(NAME deps...): a static library of every .cpp below the calling folder that
# is not a test (*_test.cpp), linked to the layers it may include.
function(lindvm_layer name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_fuzzer\\.cpp$")
  add_library(lindvm_${name} STATIC ${sources})
  target_link_libraries(lindvm_${name} PUBLIC lindvm_options lindvm_fmt Threads::Threads ${ARGN})
endfunction()

# lindvm_tests(NAME deps...): one GoogleTest executable of the *_test.cpp files below the
# calling folder.
function(lindvm_tests name)
  if(NOT LINDVM_TESTS)
    return()
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_test.cpp)
  if(sources)
    add_executable(${name}_tests ${sources})
    target_link_libraries(${name}_tests PRIVATE ${ARGN} GTest::gtest_main GTest::gmock)
    gtest_discover_tests(${name}_tests DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60)
  endif()
endfunction()

# lindvm_fuzzers(deps...): one libFuzzer executable per *_fuzzer.cpp below the calling folder.
function(lindvm_fuzzers)
  if(NOT LINDVM_FUZZ)
    return()
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_fuzzer.cpp)
  foreach(source ${sources})
    get_filename_component(name ${source} NAME_WE)
    add_executable(${name} ${source})
    target_link_libraries(${name} PRIVATE ${ARGN})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  endforeach()
endfunction()
