# quantwright_folder(NAME SOURCES... LINKS...): the one static library of a source folder, named
# quantwright_NAME. Includes are written from the top of the tree: "core/model/model.h".
function(quantwright_folder name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
    add_library(quantwright_${name} STATIC ${ARG_SOURCES})
    target_include_directories(quantwright_${name} PUBLIC "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}/generated")
    target_link_libraries(quantwright_${name} PUBLIC ${ARG_LINKS} PRIVATE ${ARG_PRIVATE_LINKS})
    if("Qt6::Widgets" IN_LIST ARG_LINKS)
        quantwright_precompile(window quantwright_${name})
    endif()
endfunction()
