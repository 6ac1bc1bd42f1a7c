import asyncio

async def ask(i, chunk):
    answer = await asyncio.to_thread(llm_query, f"Chunk {i}: {chunk}")
    return i, answer

async def run_all(chunks):
    return await asyncio.gather(*(ask(i, c) for i, c in enumerate(chunks)))

chunks = [context[i:i+400] for i in range(0, 1600, 400)]
pairs = asyncio.run(run_all(chunks))
result = dict(pairs)
