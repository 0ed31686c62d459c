/** The config key of a stack for the levels of its rules. By itself: most stacks have none, and need no rule loaded to see it. */
export const POLICY_KEY = 'calispray:policy';
