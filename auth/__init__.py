"""Who is asking and what they may see: tokens, keys, passwords, sealing, and the policy that makes a Grant."""
