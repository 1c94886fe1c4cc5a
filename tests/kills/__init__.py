"""Real kills between the steps of a change that crosses two stores."""
