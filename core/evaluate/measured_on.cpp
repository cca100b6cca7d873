#include "core/evaluate/measured_on.h"

namespace quantwright {

std::string_view name_of(Arithmetic arithmetic) {
    switch (arithmetic) {
        case Arithmetic::simulated:
            return "simulated";
        case Arithmetic::file:
            return "default";
        case Arithmetic::file_off:
            return "off";
        case Arithmetic::board:
            return "board";
    }
    return {};
}

std::string_view name_of(ImageRule rule) {
    return rule == ImageRule::all ? "all" : "spread";
}

MeasuredOn measured_on(const InputReader& reader, std::int64_t runs, std::int64_t images,
                       Arithmetic arithmetic) {
    const ImageList& list = reader.named().list;
    const bool some = list.found > std::ssize(list.files);
    return {list.source,
            images,
            runs < reader.size() ? ImageRule::spread : ImageRule::all,
            reader.samples(),
            some ? list.found : reader.samples(),
            some ? list.seed : std::nullopt,
            arithmetic};
}

}  // namespace quantwright
