#include "widgets/workspace/edit_command.h"

#include "widgets/workspace/workspace.h"

namespace quantwright {

void EditCommand::undo() {
    m_workspace->applyToPlan(m_inverse);
}
void EditCommand::redo() {
    m_workspace->applyToPlan(m_forward);
}

void ImproveCommand::undo() {
    m_workspace->applyImprovement(m_before);
}
void ImproveCommand::redo() {
    m_workspace->applyImprovement(m_after);
}

void TaskCommand::undo() {
    m_workspace->applyTask(m_before);
}
void TaskCommand::redo() {
    m_workspace->applyTask(m_after);
}

}  // namespace quantwright
