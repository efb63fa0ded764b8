# CMake's view of lind-cc: cmake -DCMAKE_TOOLCHAIN_FILE=build/share/lind-toolchain.cmake. Programs of the build run in lind-vm
# where one was built beside lind-cc, with all files, as natively: tests read those of the source.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR wasm32)

get_filename_component(_lind_bin "${CMAKE_CURRENT_LIST_DIR}/../bin" ABSOLUTE)
set(CMAKE_C_COMPILER "${_lind_bin}/lind-cc")
set(CMAKE_CXX_COMPILER "${_lind_bin}/lind-c++")
set(CMAKE_ASM_COMPILER "${_lind_bin}/lind-cc")
set(CMAKE_AR "${_lind_bin}/lind-ar" CACHE FILEPATH "")
set(CMAKE_RANLIB "${_lind_bin}/lind-ranlib" CACHE FILEPATH "")
set(CMAKE_NM "${_lind_bin}/lind-nm" CACHE FILEPATH "")
set(CMAKE_STRIP "${_lind_bin}/lind-strip" CACHE FILEPATH "")
set(CMAKE_OBJCOPY "${_lind_bin}/lind-objcopy" CACHE FILEPATH "")
set(CMAKE_OBJDUMP "${_lind_bin}/lind-objdump" CACHE FILEPATH "")
set(PKG_CONFIG_EXECUTABLE "${_lind_bin}/lind-pkg-config" CACHE FILEPATH "")
if(EXISTS "${_lind_bin}/lind-vm")
  set(CMAKE_CROSSCOMPILING_EMULATOR "${_lind_bin}/lind-vm" --root /)
endif()

execute_process(COMMAND "${CMAKE_C_COMPILER}" -print-sysroot OUTPUT_VARIABLE _lind_sysroot OUTPUT_STRIP_TRAILING_WHITESPACE)
list(APPEND CMAKE_FIND_ROOT_PATH "${_lind_sysroot}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# Shared libraries cannot be linked yet: those that a project insists on become static ones. CMake has its own default for that
# after this file, and reads it again as the override.
set(BUILD_SHARED_LIBS OFF CACHE BOOL "")
set(CMAKE_USER_MAKE_RULES_OVERRIDE "${CMAKE_CURRENT_LIST_FILE}")
set_property(GLOBAL PROPERTY TARGET_SUPPORTS_SHARED_LIBS FALSE)
