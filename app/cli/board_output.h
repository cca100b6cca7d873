#pragma once
// What a board gave, as JSON and as text.
#include "app/cli/cli.h"
#include "core/board/check.h"
#include "core/board/deploy.h"

namespace quantwright::cli {

[[nodiscard]] Json board_json(const BoardFacts& facts);
[[nodiscard]] Json points_json(const std::vector<BoardPoint>& points);
[[nodiscard]] QString check_text(const BoardCheck& check);

[[nodiscard]] Json deploy_json(const BoardResult& result, bool has_reference);
[[nodiscard]] QString deploy_text(const BoardResult& result, bool has_reference);

}  // namespace quantwright::cli
