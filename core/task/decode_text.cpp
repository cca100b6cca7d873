// CTC (Graves et al., 2006), best path: the best class of each step; repeats are one, blanks are none.
#include <algorithm>

#include "core/task/decode_parts.h"

namespace quantwright::decoding {

Result<Prediction> ctc(const Job& job) {
    const auto characters = static_cast<std::int64_t>(job.options.characters.size());
    if (characters == 0)
        return job.wrong("the characters are not known");
    for (const Output& output : job.outputs) {
        // Steps x classes; 1xTxC and Tx1xC alike.
        Shape shape;
        for (const std::int64_t size : output.shape)
            if (size != 1 || shape.empty())
                shape.push_back(size);
        if (shape.size() == 3 && shape[0] == 1)
            shape.erase(shape.begin());
        if (!output.is_float || shape.size() != 2 || shape[1] < 2)
            continue;
        const std::int64_t classes = shape[1];
        if (characters < classes - 1)
            return job.wrong(std::to_string(characters) + " characters for " + std::to_string(classes) +
                             " classes");
        const std::int64_t blank = job.options.blank < 0 ? classes - 1 : job.options.blank;
        std::string text;
        std::int64_t before = blank;
        for (std::int64_t step = 0; step < shape[0]; ++step) {
            const auto scores = output.values.subspan(static_cast<std::size_t>(step * classes),
                                                      static_cast<std::size_t>(classes));
            const auto best =
                static_cast<std::int64_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
            if (best != blank && best != before)
                text += job.options.characters[static_cast<std::size_t>(best > blank ? best - 1 : best)];
            before = best;
        }
        return text;
    }
    return job.wrong("no output has scores of characters for each step");
}

}  // namespace quantwright::decoding
