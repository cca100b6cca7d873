# Every library the project links, in one place. packaging/setup installs them.
find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(ONNX REQUIRED)
find_package(OnnxRuntime REQUIRED)
find_package(Eigen3 REQUIRED NO_MODULE)
find_package(hwy REQUIRED)
find_package(tl-expected REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_library(ZSTD_LIBRARY zstd REQUIRED)
find_package(ZLIB REQUIRED)
find_package(libssh 0.10 REQUIRED)
find_package(OpenCV REQUIRED COMPONENTS core imgproc imgcodecs)
find_package(Qt6 6.4 REQUIRED COMPONENTS Core DBus LinguistTools)
find_package(Qt6Keychain REQUIRED)  # its targets name Qt6::DBus
if(QUANTWRIGHT_GUI)
    # QCustomPlot's package file names PrintSupport without looking for it.
    find_package(Qt6 6.4 REQUIRED COMPONENTS Widgets Svg PrintSupport)
    find_package(QCustomPlotQt6 REQUIRED)
endif()
if(QUANTWRIGHT_TESTS)
    find_package(Qt6 6.4 REQUIRED COMPONENTS Test)
endif()

# One name for ONNX's protobuf classes; Debian's package leaves the definitions to its users.
add_library(quantwright_onnx INTERFACE)
target_compile_definitions(quantwright_onnx INTERFACE ONNX_ML=1 ONNX_NAMESPACE=onnx)
target_link_libraries(quantwright_onnx INTERFACE onnx_proto protobuf::libprotobuf)
