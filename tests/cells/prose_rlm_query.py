paras = context.split("\n\n")
sub = rlm_query("Which storm is described?", context="\n\n".join(paras[:3]))
many = rlm_query_batched([f"Who appears in part {i}?" for i in range(3)])
result = (sub, many)
